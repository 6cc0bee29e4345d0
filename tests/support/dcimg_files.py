"""Small DCIMG files for the tests, as the cameras write them: dcimg_files.write("a.dcimg", movie, version=7)."""

import struct

import numpy as np

SECONDS = 1_700_000_000


def write(path, movie, version=0x1000000, footer=32, padding=0, before=0, y0=1020, binning=1, row=0, stamps=None,
          displaced=True, sessions=1):
    """movie is (t, y, x) of uint8 or uint16. Rows get `before` and `padding` spare pixels. The first 8 bytes of a row of
    each frame (of `row` in version 7; else the row of the sensor's middle, which y0 and binning place) are where the
    camera puts them: in a footer, with 0, 65535, 0, 65535 in their place. stamps: (seconds, microseconds) of each frame."""
    frames, height, width = movie.shape
    stored = np.full((frames, height, before + width + padding), 7, movie.dtype)
    stored[..., before:before + width] = movie
    if stamps is None:
        stamps = [(SECONDS + t // 20, t % 20 * 50000) for t in range(frames)]
    old = version == 7
    if not old:
        row = (1023 - y0) // binning if version == 0x1000000 else 0
        displaced = displaced and (footer == 32 or footer >= 512) and 0 <= row < height
    taken = [frame[row, :8 // movie.itemsize].tobytes() if displaced else b"" for frame in stored]
    if displaced:
        stored[:, row, :8 // movie.itemsize] = [0, np.iinfo(movie.dtype).max] * (4 // movie.itemsize)

    session, data, row_bytes = (120, 112, stored.shape[2] * movie.itemsize) if old else (112, 752, stored.shape[2] * movie.itemsize)
    image = row_bytes * height
    head = bytearray(session + data)

    def put(offset, form, *values):
        struct.pack_into("<" + form, head, offset, *values)

    head[:5] = b"DCIMG"
    put(8, "I", version)
    put(32, "III", sessions, frames, session)
    if old:
        body = b"".join(frame.tobytes() for frame in stored)
        tail = old_footer(stamps, taken, displaced, row * row_bytes)
        put(session + 32, "II", frames, movie.itemsize)
        put(session + 44, "IIII", width, row_bytes, height, image)
        put(session + 68, "IQ", data, data + len(body))
    else:
        body, tail = b"", b""
        for t, frame in enumerate(stored):
            note = struct.pack("<III", t, *stamps[t]) + taken[t]
            body += frame.tobytes() + note[:footer].ljust(footer, b"\0")
        put(session + 60, "IIIIIII", frames, movie.itemsize, 0, width, height, row_bytes, image)
        put(session + 96, "Q", data)
        put(session + 116, "I", image + footer)
        put(session + 124, "I", footer)
        put(session + 712, "HHHH", 0, width * binning, y0, height * binning)
    size = len(head) + len(body) + len(tail)
    put(48, "Q", size)
    put(64, "Q", size)
    with open(path, "wb") as file:
        file.write(bytes(head) + body + tail)


def old_footer(stamps, taken, displaced, offset_in_frame):
    frames = len(stamps)
    numbers = 272
    times = numbers + 4 * frames
    pixels = times + 8 * frames
    footer = bytearray(272)
    struct.pack_into("<IIQ", footer, 0, 7, 0, 160)
    struct.pack_into("<I", footer, 40, pixels + 8 * frames * displaced)
    struct.pack_into("<Q", footer, 160 + 48, numbers)
    struct.pack_into("<Q", footer, 160 + 64, times)
    struct.pack_into("<Q", footer, 160 + 88, pixels)
    struct.pack_into("<IQ", footer, 160 + 100, offset_in_frame, 8 * displaced)
    return (bytes(footer) + np.arange(frames, dtype="<u4").tobytes() + np.array(stamps, "<u4").tobytes() + b"".join(taken))
