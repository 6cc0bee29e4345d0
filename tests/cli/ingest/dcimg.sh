# Hamamatsu's DCIMG in every version, depth and footer; what differs between cameras; files that are not whole.
need_python numpy
"$PY" -c "
import numpy as np, dcimg_files as dcimg
u16 = np.random.default_rng(1).integers(0, 60000, (12, 20, 24)).astype('u2')
u8 = (u16 >> 8).astype('u1')
np.save('u16.npy', u16), np.save('u8.npy', u8)
dcimg.write('v7-u16.dcimg', u16, version=7, row=5)
dcimg.write('v7-plain-u16.dcimg', u16, version=7, displaced=False)
dcimg.write('v7-u8.dcimg', u8, version=7)
dcimg.write('link-u16.dcimg', u16, y0=1015)
dcimg.write('link-binned-u16.dcimg', u16, y0=1000, binning=2)
dcimg.write('link-elsewhere-u16.dcimg', u16, y0=0)
dcimg.write('link-u8.dcimg', u8, y0=1015)
dcimg.write('usb-u16.dcimg', u16, footer=16)
dcimg.write('v2-u16.dcimg', u16, version=0x2000000)
dcimg.write('v2-512-u16.dcimg', u16, version=0x2000000, footer=512)
dcimg.write('v2-600-u8.dcimg', u8, version=0x2000000, footer=600)
dcimg.write('padded.dcimg', u16, padding=5)
dcimg.write('padded-before.dcimg', u16, before=5)
dcimg.write('sessions.dcimg', u16, sessions=2)
dcimg.write('dropped.dcimg', u16, stamps=[(100 + t + (t > 5), 12) for t in range(12)])
dcimg.write('micro.dcimg', u16, stamps=[(100, 12 + 7 * t) for t in range(12)])"
for type in u16 u8; do levin-ingest -q $type.npy $type.zarr --axes tyx; done
for file in *-u16.dcimg *-u8.dcimg; do
    type=${file##*-} type=${type%.dcimg}
    expect_output "\(t 12, y 20, x 24\) uint${type#u}" levin-info "$file"
    grep -q 'spacing .*t 0.05 s' "$stdout" || { show_output; fail "$file: no spacing"; }
    expect_exit 0 levin-ingest "$file" out.zarr -f
    [ ! -s "$stderr" ] || ! grep -q 'note' "$stderr" || { show_output; fail "$file: a note"; }
    same_values $type.zarr out.zarr
done
rm -rf out.zarr
# Any tool reads them, and the time stamps stay with the results.
levin-project -q mean link-u16.dcimg mean.zarr --axis t
levin-info mean.zarr --json | "$PY" -c "
import json, sys
stamps = json.load(sys.stdin)['attributes']['dcimg']['timestamps']
assert stamps == [(1700000000_000000 + t * 50000) / 1e6 for t in range(12)], stamps"
# 12 microseconds are 0.000012 s, not 0.12.
expect_output 'spacing .*t 7e-06 s' levin-info micro.dcimg
expect_exit 0 levin-info dropped.dcimg
! grep -q spacing "$stdout" || { show_output; fail "frames are missing, but t has a spacing"; }
grep -q 'time stamps are 1 to 2 s apart' "$stderr" || { show_output; fail "no word of the missing frame"; }

# Rows longer than the image.
expect_exit 0 levin-ingest padded.dcimg first.zarr
grep -q 'stored with 29 pixels, of which the image has 24.*--row-offset' "$stderr" || { show_output; fail "no note"; }
same_values u16.zarr first.zarr
levin-ingest -q padded-before.dcimg last.zarr --row-offset 5
same_values u16.zarr last.zarr
expect_error 2 'row-offset 6.*at most 5' levin-ingest padded-before.dcimg out.zarr --row-offset 6
expect_error 2 'row-offset.*format npy.*dcimg' levin-ingest u16.npy out.zarr --axes tyx --row-offset 5
expect_error 2 'row-offset.*Zarr.*dcimg' levin-copy u16.zarr out.zarr --row-offset 5
expect_error 1 'sessions.dcimg: 2 sessions' levin-ingest sessions.dcimg out.zarr

# Cut off while recording: whole frames are there, and both numbers are said.
head -c $((864 + 7 * (960 + 32) + 500)) link-u16.dcimg >cut.dcimg
expect_exit 0 levin-ingest cut.dcimg cut.zarr
grep -q '7 whole frames of 12' "$stderr" || { show_output; fail "no word of the missing frames"; }
levin-copy -q 'u16.zarr[t=0:7]' seven.zarr
same_values seven.zarr cut.zarr
expect_exit 0 levin-project mean cut.dcimg mean.zarr --axis t -f
grep -q '7 whole frames of 12' "$stderr" || { show_output; fail "no word of the missing frames"; }
expect_error 2 'dcimg' levin-export u16.zarr out.dcimg

# The writer of somebody else.
writer=$SHARED/../formats/dcimg_testfiles.py
[ -n "$SHARED" ] && [ -e "$writer" ] || skip "the files of another writer: no shared data"
"$PY" -c "
import sys, numpy as np
sys.path.insert(0, '$(dirname "$writer")')
import dcimg_testfiles as other
u16, u8 = np.load('u16.npy'), np.load('u8.npy')
other.write_v7('a1-u16.dcimg', u16, px_line=3)
other.write_v7('a2-u16.dcimg', u16, four_px=False)
other.write_v7('a3-u16.dcimg', u16, row_pad=8)
other.write_v7('a4-u8.dcimg', u8)
other.write_new('a5-u16.dcimg', u16, y0=1015)
other.write_new('a6-u16.dcimg', u16, y0=1000, binning=2)
other.write_new('a7-u16.dcimg', u16, footer=16)
other.write_new('a8-u8.dcimg', u8, y0=1015)
other.write_new('a9-u16.dcimg', u16, version=0x2000000, footer=512)
other.write_new('a10-u16.dcimg', u16, y0=0)"
for file in a?*-u*.dcimg; do
    type=${file##*-} type=${type%.dcimg}
    expect_output 'spacing .*t 0.05 s' levin-info "$file"
    levin-ingest -q "$file" other.zarr -f
    same_values $type.zarr other.zarr
done
