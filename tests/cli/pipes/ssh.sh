# A pipeline over two machines: levin-X | ssh HOST levin-Y - out.zarr, on a real sshd on the loopback.
sshd=$(command -v sshd || echo /usr/sbin/sshd)
[ -x "$sshd" ] && command -v ssh >/dev/null && command -v ssh-keygen >/dev/null || skip "no sshd and ssh (openssh-server, openssh-client)"
mkdir ssh
ssh-keygen -q -t ed25519 -N '' -f ssh/id
ssh-keygen -q -t ed25519 -N '' -f ssh/host
cp ssh/id.pub ssh/authorized
chmod 700 ssh
[ "$(id -u)" != 0 ] || mkdir -p /run/sshd
for port in $(shuf -i 20000-60000 -n 5); do
    cat >ssh/config.d <<END
Port $port
ListenAddress 127.0.0.1
HostKey $PWD/ssh/host
AuthorizedKeysFile $PWD/ssh/authorized
PidFile none
UsePAM no
PasswordAuthentication no
StrictModes no
END
    "$sshd" -D -e -f "$PWD/ssh/config.d" 2>ssh/log &
    server=$!
    trap 'kill $server 2>/dev/null || true; rm -rf "$scratch"' EXIT
    cat >ssh/config <<END
Host there
  HostName 127.0.0.1
  Port $port
  User $(id -un)
  IdentityFile $PWD/ssh/id
  IdentitiesOnly yes
  StrictHostKeyChecking no
  UserKnownHostsFile /dev/null
  LogLevel ERROR
END
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        if timeout 10 ssh -F ssh/config there true 2>ssh/why; then started=1; break 2; fi
        kill -0 $server 2>/dev/null || break
        sleep 0.2
    done
    kill $server 2>/dev/null || true
done
[ -n "${started:-}" ] || skip "sshd does not start here: $(tail -n 1 ssh/log ssh/why | tr '\n' ' ')"
there() { ssh -F ssh/config there "cd '$PWD' && PATH='$BIN':\$PATH && $*"; }

levin-synth random in.zarr --shape t=40,z=4,y=100,x=120 -q
levin-filter -q median in.zarr expected.zarr --size 3
set -o pipefail
levin-copy -q in.zarr - | there levin-filter -q median - out.zarr --size 3
same_values expected.zarr out.zarr
# Compressed on its way, and back.
levin-copy -q in.zarr - --codec zstd | there levin-filter -q median - - --size 3 --codec zstd | levin-copy -q - back.zarr
same_values expected.zarr back.zarr
# A line that breaks publishes nothing.
rm -rf out.zarr
levin-copy -q in.zarr - | { head -c 3000000; sleep 1; } | there levin-filter -q median - out.zarr --size 3 && fail "a line that broke succeeded"
[ -z "$(published out.zarr)" ] || fail "published after a broken line"
