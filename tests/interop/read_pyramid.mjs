// Opens an OME-Zarr 0.5 image with zarrita by its metadata and compares every level, a copy of which lies beside it as raw
// little-endian uint16: read_pyramid.mjs IMAGE RAW_PREFIX
import { readFile } from "node:fs/promises";
import * as zarr from "zarrita";
import FileSystemStore from "@zarrita/storage/fs";

const [image, prefix] = process.argv.slice(2);
const group = await zarr.open(new FileSystemStore(image), { kind: "group" });
const [multiscale] = group.attrs.ome.multiscales;
for (const { path } of multiscale.datasets) {
    const array = await zarr.open(group.resolve(path), { kind: "array" });
    const { data } = await zarr.get(array);
    const raw = await readFile(`${prefix}${path}.raw`);
    const wanted = new Uint16Array(raw.buffer, raw.byteOffset, raw.length / 2);
    if (array.dtype !== "uint16" || data.length !== wanted.length) throw new Error(`level ${path}: ${array.dtype} [${array.shape}]`);
    wanted.forEach((value, i) => {
        if (data[i] !== value) throw new Error(`level ${path}: element ${i} is ${data[i]}, expected ${value}`);
    });
}
console.log(`${multiscale.datasets.length} levels agree`);
if (multiscale.datasets.length < 3) throw new Error("too few levels");
