// Reads every store in a folder with zarrita and compares with the values that store_samples.cpp describes.
// Passed over: complex numbers, for which zarrita has no type, and float16 where JavaScript has none.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import * as zarr from "zarrita";
import FileSystemStore from "@zarrita/storage/fs";

function valueAt(dtype, i, count, nan) {
    const fill = i < Math.floor(count / 3);
    const v = (7 * i + 3) % 101;
    if (dtype === "bool") return !fill && v % 2 === 1;
    if (dtype === "int64") return fill ? 0n : BigInt(v - 50) + (1n << 40n);
    if (dtype === "uint64") return fill ? 0n : BigInt(v) + (1n << 40n);
    if (dtype.startsWith("float")) return fill ? (nan ? NaN : 0) : v / 4 - 5;
    if (dtype.startsWith("uint")) return fill ? 0 : v;
    return fill ? 0 : v - 50;
}

const folder = process.argv[2];
let stores = 0;
for (const name of (await readdir(folder)).sort()) {
    if (name.startsWith("complex") || (name.startsWith("float16") && !globalThis.Float16Array)) continue;
    const array = await zarr.open(new FileSystemStore(join(folder, name)), { kind: "array" });
    const count = array.shape.reduce((a, b) => a * b, 1);
    // zarrita selects nothing from 0-d and zero-length arrays; the latter it can only open.
    const chunk = !count ? { data: [] } : array.shape.length ? await zarr.get(array) : await array.getChunk([]);
    const values = [...chunk.data];
    if (values.length !== count) throw new Error(`${name}: ${values.length} values instead of ${count}`);
    values.forEach((value, i) => {
        const wanted = valueAt(array.dtype, i, count, name.includes("nan"));
        if (!Object.is(value, wanted)) throw new Error(`${name}: element ${i} is ${value}, expected ${wanted}`);
    });
    stores += 1;
}
if (stores < 100) throw new Error(`only ${stores} stores were found`);
console.log(`${stores} stores agree`);
