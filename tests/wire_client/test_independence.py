"""The wire client proves the protocol only while it shares nothing with the server."""

import ast
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
ALLOWED = {"cryptography", "httpx", "websockets", "pytest", "hypothesis"}


def imported(source: str) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return {n if n.startswith("tests.") else n.split(".")[0] for n in names}


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.py")), ids=lambda f: f.name)
def test_only_public_packages_and_itself_are_imported(file: Path) -> None:
    foreign = {
        name
        for name in imported(file.read_text()) - ALLOWED - sys.stdlib_module_names
        if not name.startswith("tests.wire_client")
    }

    assert foreign == set()


def test_the_check_itself_sees_a_server_import() -> None:
    assert imported("from chat.domain import records") == {"chat"}
