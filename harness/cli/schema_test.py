#!/usr/bin/env python3
"""Holds the JSON Schemas against the reader, in both directions: what one accepts, so does the other.

Needs jsonschema and yaml (Debian: python3-jsonschema, python3-yaml). CTESTBED_UPDATE_GOLDEN=1 in the
environment accepts the schemas as they are now.
"""
import copy
import json
import os
import pathlib
import random
import re
import sys

try:
    import jsonschema
    import yaml
except ImportError:  # another python3 comes before Debian's
    if sys.executable == "/usr/bin/python3":
        raise
    os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])

from temp_project import ProgramTest, main

SOURCE = pathlib.Path(__file__).resolve().parents[2]
ERRORS = SOURCE / "suites" / "errors"

# Files of suites/errors that no schema can refuse: loaders of YAML take other YAML than we do ...
YAML = "aliases, duplicate keys, tags, which loaders take and ctestbed does not"
# ... and what a value refers to is beyond a schema.
MEANING = "names something that is not there, or is there already"
SUM = "all parts are sound, but too many together"
UNSEEN = {
    "preset-many-ports": SUM, "preset-odd-references": MEANING,
    "preset-alias": YAML, "preset-directive": YAML, "preset-duplicate-key": YAML,
    "preset-tag": YAML,
    "preset-extends-two": MEANING, "preset-mount-references": MEANING,
    "preset-networks-undeclared": MEANING, "preset-probe-without-port": MEANING,
    "preset-replica-name": MEANING, "suite-order": MEANING, "suite-matrix-included": MEANING,
    "preset-depends-cycle": MEANING, "preset-depends-unknown": MEANING,
    "preset-depends-unknown-in-cell": MEANING, "preset-duplicate-name": MEANING,
    "preset-duplicate-node": MEANING, "preset-extends-cycle": MEANING,
    "preset-extends-unknown": MEANING, "preset-nothing-to-run": MEANING,
    "preset-jobs": MEANING, "preset-reset-nodes": MEANING, "suite-unknown-secret": MEANING, "preset-secret-in-command": MEANING, "preset-seed-nodes": MEANING,
    "preset-port-clash": MEANING, "preset-probe-port": MEANING, "preset-service-twice": MEANING,
    "preset-unclosed-reference": MEANING, "preset-undefined-reference": MEANING,
    "preset-undefined-variable": MEANING, "suite-empty-matrix": MEANING,
    "suite-environment-reference": MEANING, "suite-service-not-hosted": MEANING,
    "suite-unknown-axis": MEANING, "suite-unknown-axis-value": MEANING,
    "suite-unknown-preset": MEANING,
}
# What the reader says about meaning; all else that it says is about structure.
MEANS = re.compile(
    r"depends on unknown node|undefined reference|neither a command nor an image|has no port|"
    r"no node can be called|is hosted by node|duplicate (node|preset|step|suite)|unknown preset|"
    r"has no axis|has no value '|dependency cycle|host port|has no nodes|extend each other|"
    r"no axis (value )?can be called|no node of preset|does not need preset|is no name$|"
    r"names no program|is no status|undefined variable|is no path|"
    r"must name a program|no environment can|no cell of preset|environment variable|"
    r"has no result file|cannot name an environment variable|does not host|two tests are called|"
    r"has mistakes of its own|has no 'url'|is no JSONPath|is no path|is named twice|result file|"
    r"must begin with '|is not a status such as|secret .* is no variable|needs at least|not closed|"
    r"names nothing|already|hosts service|cannot read|has an empty command|need each other|"
    r"must be (bytes|a number) such as|must be an absolute path|must have one of|unknown suite|"
    r"the suite has no case|both included and left out|cannot be covered|needs at least as many|only the formats|has over \d+ ports|has no meaning beside|"
    r"does nothing|one request, not|must have one source|is no job|is a job[:,] |"
    r"waits for (job|node)|^step .* is about")


STEPS = ("tests", "setup", "finally")


class Loader(yaml.BaseLoader):
    """YAML 1.2's core schema, as editors read it."""


for tag, pattern, first in (
        ("null", r"^(~|null|Null|NULL|)$", ["~", "n", "N", ""]),
        ("bool", r"^(true|True|TRUE|false|False|FALSE)$", list("tTfF")),
        ("int", r"^([-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$", list("-+0123456789")),
        ("float", r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", list("-+.0123456789"))):
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), first)
for tag, construct in (("null", lambda text: None), ("bool", lambda text: text.lower() == "true"),
                       ("int", lambda text: int(text, 0 if text[1:2] in "xo" else 10)),
                       ("float", float)):
    Loader.add_constructor(f"tag:yaml.org,2002:{tag}",
                           lambda loader, node, make=construct: make(loader.construct_scalar(node)))


class Generator:
    """Random values that a schema accepts."""

    def __init__(self, root, seed):
        self.root = root
        self.random = random.Random(seed)

    def document(self):
        if "allOf" not in self.root:
            return self.value(self.root)
        return self.value(self.random.choice(self.root["allOf"])["then"])

    def resolve(self, schema):
        while "$ref" in schema or "allOf" in schema:
            schema = schema["allOf"][0] if "allOf" in schema else \
                self.root["definitions"][schema["$ref"].rpartition("/")[2]]
        return schema

    def value(self, schema):
        schema = self.resolve(schema)
        if "anyOf" in schema:
            return self.value(self.random.choice(schema["anyOf"]))
        if "enum" in schema or "const" in schema:
            return self.random.choice(schema.get("enum", [schema.get("const")]))
        kinds = schema.get("type", "string")
        kind = kinds if isinstance(kinds, str) else self.random.choice(kinds)
        return getattr(self, kind)(schema)

    def string(self, schema):
        if "ms|s" in schema.get("pattern", ""):
            return self.random.choice(("150ms", "5s", "1.5s", "2m"))
        return "".join(self.random.choice("abcxyz") for _ in range(6))

    def number(self, _):
        return self.random.choice((0, 7, 1.5, 8080))

    def integer(self, schema):
        return self.random.randint(schema.get("minimum", 0), schema.get("maximum", 100))

    def boolean(self, _):
        return self.random.random() < 0.5

    def null(self, _):
        return None

    def array(self, schema):
        if "items" not in schema:
            return []
        count = max(schema.get("minItems", 0), self.random.randint(0, 2))
        return [self.value(schema["items"]) for _ in range(count)]

    def object(self, schema):
        known = schema.get("properties", {})
        keys = set(schema.get("required", ()))
        probes = [one["required"][0] for one in schema.get("oneOf", ())]
        keys |= {key for key in known if key not in probes and self.random.random() < 0.5}
        if probes:
            keys.add(self.random.choice(probes))
        # What steps mean is the testers' own to judge.
        made = {key: [] if key in STEPS else self.value(known[key]) for key in sorted(keys)}
        pattern, others = next(iter(schema.get("patternProperties", {}).items()),
                               ("", schema.get("additionalProperties")))
        if isinstance(others, dict):
            count = max(schema.get("minProperties", 0), self.random.randint(0, 2))
            made |= {self.key(pattern): self.value(others) for _ in range(count)}
        return made

    def key(self, pattern):
        if pattern == "^[0-9]+$":
            return str(self.random.randint(0, 255))
        return ("POST /" if pattern.startswith("^[A-Z]+ /") else "") + self.string({})

    def broken(self, document):
        """`document` with something of it changed."""
        document = copy.deepcopy(document)
        places = []

        def visit(value):
            for key in range(len(value)) if isinstance(value, list) else \
                    list(value) if isinstance(value, dict) else ():
                if key not in STEPS:
                    places.append((value, key))
                    visit(value[key])
            if isinstance(value, dict):
                places.append((value, "unknown"))

        visit(document)
        holder, key = self.random.choice(places)
        if key != "unknown" and isinstance(holder, dict) and self.random.random() < 0.3:
            del holder[key]
        else:
            holder[key] = self.random.choice(("text", 5, True, None, [], {}, ["a"], {"b": "c"},
                                              [{"d": []}], 1.5, -3, "5s"))
        return document


class Schemas(ProgramTest):
    maxDiff = None

    def setUp(self):
        super().setUp()
        self.schemas = {kind: self.expect(0, "schema", kind).json for kind in ("preset", "suite")}
        self.validators = {kind: jsonschema.Draft7Validator(schema)
                           for kind, schema in self.schemas.items()}

    def accepts(self, kind, document):
        return self.validators[kind].is_valid(document)

    def complaints(self, kind, document):
        return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}"
                for error in self.validators[kind].iter_errors(document)]

    def test_files_are_up_to_date(self):
        for kind in self.schemas:
            path = SOURCE / f"{kind}s" / f"{kind}.schema.json"
            text = self.expect(0, "schema", kind).stdout
            if os.environ.get("CTESTBED_UPDATE_GOLDEN") == "1":
                path.write_text(text, encoding="utf-8")
            self.assertEqual(path.read_text(encoding="utf-8"), text,
                             f"stale: ctestbed schema {kind} > {kind}s/{kind}.schema.json")

    def test_schemas_are_schemas(self):
        for schema in self.schemas.values():
            jsonschema.Draft7Validator.check_schema(schema)

    def test_shipped_files_are_accepted(self):
        for kind in self.schemas:
            files = [path for path in sorted((SOURCE / f"{kind}s").glob("*.yaml"))
                     if path.name != "defaults.yaml"]
            self.assertGreater(len(files), 3)
            for path in files:
                with self.subTest(path.name):
                    document = yaml.load(path.read_text(encoding="utf-8"), Loader)
                    self.assertEqual(self.complaints(kind, document), [])

    def test_broken_files_are_refused_where_a_schema_can_see_it(self):
        for path in sorted(ERRORS.glob("*.yaml")):
            kind = path.name.partition("-")[0]
            try:
                document = yaml.load(path.read_bytes(), Loader)
                accepted = self.accepts(kind, document)
            except (yaml.YAMLError, ValueError, TypeError):
                accepted = False
            with self.subTest(path.name):
                self.assertEqual(accepted, path.stem in UNSEEN)

    def test_random_documents_mean_the_same_to_reader_and_schema(self):
        documents = {}
        for kind, schema in self.schemas.items():
            generator = Generator(schema, 20240229)
            for i in range(150):
                document = generator.document()
                self.assertEqual(self.complaints(kind, document), [], document)
                documents[f"{kind}s/v{i}.yaml"] = document
                documents[f"{kind}s/m{i}.yaml"] = generator.broken(document)
        self.project.preset("ok", {"name": "main", "run": {"command": ["x"]}})
        for name, document in documents.items():
            self.project.write(name, json.dumps(document))
        ended = self.project.ctestbed("validate", "--json")
        said = {}
        for error in json.loads(ended.stderr)["errors"]:
            said.setdefault(error["file"], []).append(error["message"])
        for name, document in documents.items():
            structural = [line for line in said.get(name, ()) if not MEANS.search(line)]
            with self.subTest(name):
                complaints = self.complaints(name.partition("s/")[0], document)
                self.assertEqual(bool(complaints), bool(structural),
                                 f"{json.dumps(document)}\nschema: {complaints}\n"
                                 f"reader: {said.get(name)}")


if __name__ == "__main__":
    main()
