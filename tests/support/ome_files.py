"""OME-TIFFs by tifffile, and by hand where tifffile does not write such; the arrays beside them as .npy, t c z y x."""
import re

import numpy as np
import tifffile

values = np.arange(3 * 2 * 4 * 5 * 6, dtype="u2").reshape(3, 2, 4, 5, 6)
sizes = {"PhysicalSizeX": 0.25, "PhysicalSizeXUnit": "µm", "PhysicalSizeY": 0.5, "PhysicalSizeYUnit": "µm", "PhysicalSizeZ": 2000,
         "PhysicalSizeZUnit": "nm", "TimeIncrement": 250, "TimeIncrementUnit": "ms"}
np.save("whole.npy", values)
# Every order of planes.
for order in ("TCZYX", "TZCYX", "CTZYX", "CZTYX", "ZTCYX", "ZCTYX"):
    moved = values.transpose(["TCZYX".index(axis) for axis in order])
    tifffile.imwrite(f"{order}.ome.tif", moved, ome=True, metadata={"axes": order, "Channel": {"Name": ["GFP", "RFP"]}, **sizes})
tifffile.imwrite("compressed.ome.tif", values, ome=True, compression="zlib", metadata={"axes": "TCZYX", **sizes})
tifffile.imwrite("big.ome.tif", values, ome=True, bigtiff=True, byteorder=">", metadata={"axes": "TCZYX", **sizes})
np.save("rgb.npy", values[0, 0, :3].astype("u1"))
tifffile.imwrite("rgb.ome.tif", values[0, 0, :3].astype("u1").transpose(1, 2, 0), ome=True, photometric="rgb", metadata={"axes": "YXS"})

# Two images, and one with a smaller copy of itself in SubIFDs.
np.save("second.npy", values[0, 0, 0, :3, :4].astype("f4"))
with tifffile.TiffWriter("two.ome.tif", ome=True) as file:
    file.write(values, metadata={"axes": "TCZYX", "Name": "first"})
    file.write(values[0, 0, 0, :3, :4].astype("f4"), metadata={"axes": "YX", "Name": "second"})
with tifffile.TiffWriter("pyramid.ome.tif", ome=True) as file:
    file.write(values[0, 0], subifds=1, metadata={"axes": "ZYX", **sizes})
    file.write(values[0, 0, :, ::2, ::2], subfiletype=1)
np.save("volume.npy", values[0, 0])

# A set of one file a channel: each holds the XML of the whole.
names = ["set_c0.ome.tif", "set_c1.ome.tif"]
for c, name in enumerate(names):
    blocks = "".join(f'<TiffData FirstC="{k}" FirstT="{t}" FirstZ="0" IFD="{4 * t}" PlaneCount="4"><UUID FileName="{other}">urn:uuid:{k}</UUID></TiffData>'
                     for k, other in enumerate(names) for t in range(3))
    text = (f'<?xml version="1.0"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" UUID="urn:uuid:{c}"><Image ID="Image:0">'
            '<Pixels ID="Pixels:0" DimensionOrder="XYZTC" Type="uint16" SizeX="6" SizeY="5" SizeZ="4" SizeC="2" SizeT="3">'
            f'<Channel ID="Channel:0:0" SamplesPerPixel="1"/><Channel ID="Channel:0:1" SamplesPerPixel="1"/>{blocks}</Pixels></Image></OME>')
    tifffile.imwrite(name, values[:, c].reshape(12, 5, 6), description=text, metadata=None)

# Entities and files that a document names are not followed; a description that promises too much; one that is cut.
good = tifffile.TiffFile("TCZYX.ome.tif").ome_metadata
write = lambda name, text: tifffile.imwrite(name, values.reshape(24, 5, 6), description=text.encode("ascii", "xmlcharrefreplace").decode(), metadata=None)
write("entity.ome.tif", '<!DOCTYPE OME [<!ENTITY x SYSTEM "secret.txt">]>' + re.sub(r"^<\?xml[^>]*\?>", "", good).replace('Name="Image0"', 'Name="&x;"'))
write("few.ome.tif", good.replace('SizeT="3"', 'SizeT="4"'))
write("many.ome.tif", good.replace('SizeT="3"', 'SizeT="4"').replace('PlaneCount="24"', 'PlaneCount="32"'))
write("order.ome.tif", good.replace('DimensionOrder="', 'DimensionOrder="Q'))
write("cut.ome.tif", good[:len(good) - 40])
write("missing.ome.tif", re.sub(r"<TiffData.*?/>|<TiffData.*</TiffData>", '<TiffData IFD="0" FirstT="0"/><TiffData IFD="1" FirstT="1" FirstZ="1"/>', good))
open("secret.txt", "w").write("secret")
