# Sourced by the scripts here that start something for as long as a command runs: root, the programs they need, and namespaces
# (network, processes, host name, mounts) of their own, so that nothing is seen from outside and all of it ends with the script.
# Exit status 77: cannot be started here, the last line says why.
user=levin-test

cannot() {
    echo "$*"
    exit 77
}

# needs PROGRAM...
needs() {
    local program
    [ "$(id -u)" = 0 ] || cannot "not root"
    for program; do
        command -v "$program" >/dev/null || cannot "no $program (scripts/install-deps --schedulers)"
    done
}

# enter "$@": starts the script again inside; there it does nothing.
enter() {
    [ -z "${INSIDE:-}" ] || return 0
    local namespaces=(unshare --net --pid --fork --kill-child --mount-proc --uts --ipc --mount)
    "${namespaces[@]}" true 2>/dev/null || cannot "no namespaces"
    id $user >/dev/null 2>&1 || useradd --create-home --shell /bin/bash $user
    INSIDE=1 exec "${namespaces[@]}" bash "$0" "$@"
}

# host LINE...: this host is called head, and /etc/hosts holds these lines.
host() {
    ip link set lo up
    hostname head
    [ -e /etc/hosts ] || : >/etc/hosts
    printf '%s\n' "$@" >"$state/hosts"
    mount --bind "$state/hosts" /etc/hosts
}

# wait_for SECONDS COMMAND...: until it succeeds.
wait_for() {
    local tries=$(($1 * 10))
    shift
    while ! "$@" >/dev/null 2>&1; do
        [ $((tries -= 1)) -gt 0 ] || return 1
        sleep 0.1
    done
}

as_user() { setpriv --reuid $user --regid $user --init-groups "$@"; }

# new_state NAME: the folder $state, gone with the script; on_exit may be replaced.
on_exit() { :; }
new_state() {
    state=$(mktemp -d "/tmp/levin-$1-XXXXXX")
    # Daemons may still write there; that must not become the exit status.
    trap 'on_exit || true; rm -rf "$state" 2>/dev/null || { sleep 1; rm -rf "$state"; } || true' EXIT
    chmod 755 "$state"
}
