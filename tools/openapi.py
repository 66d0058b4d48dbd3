"""Write the OpenAPI document from the code, or check that it is fresh.

Usage: python tools/openapi.py (--write | --check)
"""

import os
import sys
import tempfile
from pathlib import Path

PUBLISHED = Path("docs/reference/openapi.yaml")


def main(mode: str) -> int:
    """Compare or write; a warning of the generator is an error in the code."""
    document = _generate()
    if mode == "--write":
        PUBLISHED.write_text(document)
        return 0
    if PUBLISHED.exists() and PUBLISHED.read_text() == document:
        return 0
    print(f"{PUBLISHED} is stale: run .venv/bin/python tools/openapi.py --write")
    return 1


def _generate() -> str:
    sys.path.insert(0, str(Path.cwd()))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "strangerspace.settings")
    import django  # noqa: PLC0415  settings must be named first
    from django.core.management import call_command  # noqa: PLC0415  as above

    django.setup()
    with tempfile.NamedTemporaryFile(suffix=".yaml") as file:
        call_command("spectacular", file=file.name, validate=True, fail_on_warn=True)
        return Path(file.name).read_text()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
