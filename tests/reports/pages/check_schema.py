"""Validates a report against its schema: check_schema.py SCHEMA WRITER FILE.

Exit codes: 0 valid, 1 not; skips where python3-jsonschema is absent.
"""
import copy
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from skipping import skip  # noqa: E402

try:
    import jsonschema
except ImportError:
    skip("python3-jsonschema is not installed (apt-get install python3-jsonschema)")


def main():
    schema = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    subprocess.run([sys.argv[2], sys.argv[3], "20", "30"], check=True)
    report = json.loads(pathlib.Path(sys.argv[3]).read_text(encoding="utf-8"))
    failures = [f"{list(e.absolute_path)}: {e.message}" for e in validator.iter_errors(report)]

    # A schema that accepts everything would pass the above: it must refuse these.
    for spoil in (
        lambda r: r.pop("summary"),
        lambda r: r["schema"].update(version="2.0"),
        lambda r: r["benchmarks"][0].update(verdict="slower"),
        lambda r: r["benchmarks"][0]["metrics"][0].update(value="1"),
        lambda r: r["benchmarks"][0]["metrics"][39].pop("reason"),
    ):
        bad = copy.deepcopy(report)
        spoil(bad)
        if validator.is_valid(bad):
            failures.append("the schema accepts a report that was spoilt")
    print("\n".join(failures) or "valid")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
