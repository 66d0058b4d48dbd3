"""Check that each module is fully covered by its own test file.

Usage: COVERAGE_FILE=… python tools/module_coverage.py tests/unit

`tests/unit/<app>/test_<module>.py` answers for `<app>/domain/<module>.py`, and
`tests/unit/common/…`, `tests/edge/common/…` or `tests/edge/pages/…` for
`common/<module>.py` (a contract test sees to it that one exists). What other
tests happen to run does not count: a module without a test of its own rule
would look covered. The data must have been recorded with
`--cov --cov-context=test`.
"""

import io
import re
import sys
from pathlib import Path

from coverage import Coverage
from coverage.exceptions import NoDataError

APPS = ("identity", "trust", "matching", "creators", "chat")


def main(tests: Path) -> int:
    """Print every module that is not at 100 %, branches included."""
    coverage = Coverage()
    coverage.load()
    pairs = [*_domain_modules(tests), *_common_modules(tests)]
    short = [line for module, test in pairs if (line := _gap(coverage, module, test))]
    print("\n".join(short) or f"{len(pairs)} modules fully covered by their own tests")
    return 1 if short or not pairs else 0


def _domain_modules(tests: Path) -> list[tuple[Path, Path]]:
    if tests.name != "unit":
        return []
    return [
        (module, tests / app / f"test_{module.stem}.py")
        for app in APPS
        for module in sorted(Path(app, "domain").glob("*.py"))
        if module.stem != "__init__"
    ]


def _common_modules(tests: Path) -> list[tuple[Path, Path]]:
    return [
        (module, test)
        for module in sorted(Path("common").rglob("*.py"))
        if module.stem not in {"__init__", "apps"}
        for folder in ("common", "pages")
        if (test := tests / folder / f"test_{module.stem}.py").exists()
    ]


def _gap(coverage: Coverage, module: Path, test: Path) -> str:
    if not test.exists():
        return f"{module}: no {test}"
    # The empty context is what ran while the module was imported.
    contexts = ["^$", f"^{re.escape(str(test))}::"]
    report = io.StringIO()
    try:
        percent = coverage.report(
            include=[str(module)], contexts=contexts, file=report, show_missing=True
        )
    except NoDataError:
        return f"{module}: {test} never imports it"
    return "" if percent == 100.0 else _last_row(report.getvalue())  # noqa: PLR2004  percent


def _last_row(report: str) -> str:
    rows = [row for row in report.splitlines() if ".py" in row]
    return " ".join(rows[-1].split()) if rows else report


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
