"""OME-Zarr metadata against the official JSON schemas in ../shared/formats/ngff, whose references are resolved among
themselves, without a network. ngff.py FOLDER_OF_SCHEMAS GROUP SCHEMA...: GROUP's attributes must pass them all."""

import json
import os
import sys

import jsonschema


def attributes(group):
    if os.path.exists(f"{group}/zarr.json"):
        return json.load(open(f"{group}/zarr.json"))["attributes"]
    return json.load(open(f"{group}/.zattrs"))


class Schemas:
    def __init__(self, folder):
        self.by_name, self.by_id = {}, {}
        for name in os.listdir(folder):
            schema = json.load(open(f"{folder}/{name}"))
            self.by_name[name.removesuffix(".schema")] = schema
            self.by_id[schema["$id"]] = schema

    def errors(self, name, document):
        schema = self.by_name[name]
        resolver = jsonschema.RefResolver(schema["$id"], schema, store=self.by_id)
        validator = jsonschema.Draft202012Validator({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}, resolver=resolver)
        return [error.message for error in validator.iter_errors(document)]


def main():
    folder, group, *names = sys.argv[1:]
    schemas, document = Schemas(folder), attributes(group)
    failed = False
    for name in names:
        for error in schemas.errors(name, document):
            print(f"{group}, {name}: {error}")
            failed = True
    # A schema that lets everything pass would prove nothing.
    for name in names:
        broken = json.loads(json.dumps(document))
        holder = broken.get("ome", broken)
        for key in ("multiscales", "image-label"):
            holder[key] = 0
        if not schemas.errors(name, broken):
            sys.exit(f"{name} lets nonsense pass")
    sys.exit(failed)


if __name__ == "__main__":
    main()
