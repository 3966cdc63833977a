"""Validates records against the schema: check_schema.py SCHEMA WRITER FOLDER.

Exit codes: 0 valid, 1 not; skips where python3-jsonschema is absent.
"""
import copy
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from skipping import skip  # noqa: E402

try:
    import jsonschema
except ImportError:
    skip("python3-jsonschema is not installed (apt-get install python3-jsonschema)")


def set_at(document, path, value):
    for key in path[:-1]:
        document = document[key]
    if value is None:
        del document[path[-1]]
    else:
        document[path[-1]] = value


def main():
    schema_file, writer, folder = sys.argv[1:4]
    schema = json.loads(pathlib.Path(schema_file).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    subprocess.run([writer, folder], check=True)

    failures = 0
    for file in sorted(pathlib.Path(folder).glob("*.json")):
        for error in validator.iter_errors(json.loads(file.read_text(encoding="utf-8"))):
            print(f"{file.name}: {list(error.absolute_path)}: {error.message}")
            failures += 1

    # A schema that accepts everything would pass the above: it must refuse these.
    good = json.loads(pathlib.Path(folder, "full.json").read_text(encoding="utf-8"))
    metrics = ["pmubench", "results", 0, "metrics"]
    for path, value in [
        (["pmubench", "run_id"], "1234"),
        (["pmubench", "status"], "done"),
        (["pmubench", "schema", "version"], "2.0"),
        (["pmubench", "machine", "id"], "xyz"),
        (["benchmarks", 0, "pmubench", "counts", 0, "group"], "0"),
        (metrics + ["ipc", "value"], "2.25"),
        (metrics + ["branch_mpki", "reason"], None),
        (["pmubench"], None),
    ]:
        bad = copy.deepcopy(good)
        set_at(bad, path, value)
        if validator.is_valid(bad):
            print(f"the schema accepts {value!r} at {path}")
            failures += 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
