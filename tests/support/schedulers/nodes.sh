#!/usr/bin/env bash
# Two nodes, node1 and node2, that ssh reaches without a question, for as long as a command runs: nodes.sh FOLDER COMMAND...
#
# Each is an sshd with a host name and processes of its own, so that the same process numbers come up on both; they share the file
# system. PARALLEL_SSH tells GNU parallel how to get there. Needs root and openssh-server. 77: cannot be started here.
set -eu
# shellcheck disable=SC1091
. "$(dirname "$0")/namespace.sh"
PATH=$PATH:/usr/sbin
needs sshd ssh ssh-keygen ip
enter "$@"
folder=$1
shift
new_state nodes
host '127.0.0.1 head localhost' '127.0.1.1 node1' '127.0.1.2 node2'
mkdir -p /run/sshd
for key in user host; do ssh-keygen -q -t ed25519 -N '' -f "$state/$key"; done
for node in 1 2; do
    cat >"$state/node$node" <<END
Port 2222
ListenAddress 127.0.1.$node
HostKey $state/host
AuthorizedKeysFile $state/user.pub
PidFile none
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
StrictModes no
MaxStartups 100
MaxSessions 100
AcceptEnv LEVIN_*
END
    unshare --uts --pid --fork --kill-child --mount-proc \
        sh -c "hostname node$node; exec \"\$0\" -D -e -f '$state/node$node'" "$(command -v sshd)" 2>"$state/node$node.log" &
done
cat >"$state/config" <<END
Port 2222
User root
IdentityFile $state/user
IdentitiesOnly yes
StrictHostKeyChecking no
UserKnownHostsFile /dev/null
LogLevel ERROR
END
for node in node1 node2; do
    wait_for 20 timeout 10 ssh -F "$state/config" $node true || { cat "$state"/*.log >&2; cannot "sshd does not start"; }
done
export PARALLEL_SSH="ssh -F $state/config" PARALLEL_HOME=$state/parallel
mkdir "$PARALLEL_HOME"
cd "$folder"
"$@"
