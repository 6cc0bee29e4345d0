# Sourced by the cases in tests/cli/remote: servers on loopback that end with the case.
# shellcheck shell=bash disable=SC2154,SC2034
REMOTE=$SOURCE/tests/support/remote
servers=()
trap 'kill "${servers[@]}" 2>/dev/null || true; wait 2>/dev/null; chmod -R u+rwX "$scratch" 2>/dev/null || true; rm -rf "$scratch"' EXIT
# What this machine is set up for must not be met.
unset "${!AWS_@}" "${!OS_@}" "${!ST_@}" http_proxy https_proxy all_proxy HTTPS_PROXY ALL_PROXY CURL_CA_BUNDLE SSL_CERT_FILE
export HOME=$scratch

# serve NAME PORT_FILE SCRIPT ARGUMENT...: starts a server, waits until it listens, and leaves its port in $port.
serve() {
    local name=$1 file=$2 script=$3 tries=600
    shift 3
    PYTHONPATH=$REMOTE:$PYTHONPATH "$PY" "$REMOTE/$script" "$@" >"$scratch/$name.log" 2>&1 &
    servers+=($!)
    until [ -e "$file" ]; do
        kill -0 "${servers[-1]}" 2>/dev/null && [ $((tries -= 1)) -gt 0 ] || { cat "$scratch/$name.log" >&2; return 1; }
        sleep 0.05
    done
    port=$(cat "$file")
}

# start_swift: the port in $swift; s3:// and swift:// lead there. Skips where it cannot be.
start_swift() {
    need_python swift eventlet paste.deploy
    mkdir "$scratch/swift"
    "$PY" -c 'import os, sys; os.setxattr(sys.argv[1], "user.levin", b"x")' "$scratch/swift" 2>/dev/null ||
        skip "no extended attributes in $scratch, which Swift needs"
    serve swift "$scratch/swift/port" swift_server.py "$scratch/swift" || fail "Swift does not start"
    swift=$port
    use_server "$swift"
}

# use_server PORT: what s3:// and swift:// lead to.
use_server() {
    export AWS_ENDPOINT_URL=http://127.0.0.1:$1 AWS_ACCESS_KEY_ID=test:tester AWS_SECRET_ACCESS_KEY=testing
    export ST_AUTH=http://127.0.0.1:$1/auth/v1.0 ST_USER=test:tester ST_KEY=testing
}

# in_bucket put FOLDER PREFIX | get PREFIX FOLDER | list PREFIX | remove PREFIX: without levin.
in_bucket() { "$PY" "$REMOTE/store.py" "$swift" "$@"; }

# start_proxy SEED RATE KINDS: between here and Swift from now on; its log is $scratch/proxy-N.log.
proxies=0
start_proxy() {
    proxies=$((proxies + 1))
    proxy_log=$scratch/proxy-$proxies.log
    serve "proxy-$proxies" "$scratch/proxy-$proxies.port" faulty_proxy.py "$swift" "$scratch/proxy-$proxies.port" "$proxy_log" "$@" ||
        fail "the proxy does not start"
    use_server "$port"
    # TempAuth would answer with Swift's own address.
    export OS_STORAGE_URL=http://127.0.0.1:$port/v1/AUTH_test
    OS_AUTH_TOKEN=$("$PY" -c 'import http.client, sys
c = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]))
c.request("GET", "/auth/v1.0", headers={"X-Auth-User": "test:tester", "X-Auth-Key": "testing"})
print(c.getresponse().getheader("X-Auth-Token"))' "$swift")
    export OS_AUTH_TOKEN
}

# start_web FOLDER [CERTIFICATE]: the port in $web, requests in $web_log.
start_web() {
    web_log=$scratch/web-${#servers[@]}.log
    serve "web-${#servers[@]}.out" "$web_log.port" web_server.py "$1" "$web_log.port" "$web_log" "${@:2}" ||
        fail "the web server does not start"
    web=$port
}
