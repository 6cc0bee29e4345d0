"""rewrite.py CHANGE <stream >stream: a levin stream with one thing wrong."""
import io
import sys
import tarfile

source = tarfile.open(fileobj=sys.stdin.buffer, mode="r|")
members = [(info, source.extractfile(info).read()) for info in source]
change = sys.argv[1]


def file(name, content=b""):
    info = tarfile.TarInfo(name)
    info.size = len(content)
    return info, content


def special(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info, b""


name = {"parent": "../escaped", "inner-parent": "c/../../escaped", "absolute": "/tmp/levin-escaped"}.get(change)
kind = {"symlink": tarfile.SYMTYPE, "hardlink": tarfile.LNKTYPE, "device": tarfile.CHRTYPE, "fifo": tarfile.FIFOTYPE}.get(change)
if name:
    members.insert(1, file(name, b"x"))
elif kind:
    members[1] = special(members[1][0].name, kind, "/etc/passwd")
elif change == "longer":
    members[1] = file(members[1][0].name, members[1][1] + b"x")
elif change == "shorter":
    members[1] = file(members[1][0].name, members[1][1][:-1])
elif change == "huge":
    members[1][0].size = 1 << 40
elif change == "empty":
    members[1] = file(members[1][0].name)
elif change == "changed":
    members[1] = file(members[1][0].name, bytes([members[1][1][0] ^ 1]) + members[1][1][1:])
elif change == "swapped":
    members[1], members[2] = members[2], members[1]
elif change == "twice":
    members.insert(1, members[1])
elif change == "left-out":
    del members[2]
elif change == "no-end":
    del members[-1]
elif change == "after-end":
    members.append(members[1])
elif change == "two-arrays":
    members.insert(3, members[0])
elif change == "second-array":
    members.insert(3, file("labels/zarr.json", members[0][1]))
elif change == "no-metadata":
    del members[0]
elif change == "stranger":
    members.insert(2, file("notes.txt", b"x"))
elif change == "outside":
    members.insert(2, file("c/99/0/0/0", members[1][1]))
elif change == "other-spelling":
    members[1] = file(members[1][0].name.replace("c/0", "c/00", 1), members[1][1])
elif change == "group":
    members[0] = file("zarr.json", b'{"zarr_format": 3, "node_type": "group"}')
elif change == "bad-metadata":
    members[0] = file("zarr.json", members[0][1].replace(b"float32", b"float99"))
elif change == "reversed":
    members = members[:-1][::-1]
else:
    sys.exit(f"unknown change {change}")
out = io.BytesIO()
with tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT) as target:
    for info, content in members:
        if change == "huge" and info.size > len(content):
            target.fileobj.write(info.tobuf())
            break
        target.addfile(info, io.BytesIO(content))
sys.stdout.buffer.write(out.getvalue())
