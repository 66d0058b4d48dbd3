"""Each fault that a check is there for really fails that check.

Works on a copy of the tree: the piece of `./test.sh check` passes on the copy
as it is, fails with one fault planted, and names the file.
"""

import ast
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.contract.source import ROOT, browser_files, name_of, python_files

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

LINKED = (".venv", "node_modules")
LEFT_OUT = (*LINKED, ".git", "var", ".hypothesis", ".pytest_cache", "__pycache__")


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The whole tree, with the installed packages linked to."""
    tree = tmp_path_factory.mktemp("planted") / "tree"
    shutil.copytree(ROOT, tree, symlinks=True, ignore=shutil.ignore_patterns(*LEFT_OUT))
    for name in LINKED:
        (tree / name).symlink_to(ROOT / name)
    return tree


@pytest.fixture
def plant(copy):
    """Change a file of the copy for one test."""
    kept = {}

    def change(path, edit):
        file = copy / path
        kept[file] = file.read_text()
        changed = edit(kept[file])
        assert changed != kept[file], f"nothing was planted in {path}"
        file.write_text(changed)

    yield change
    for file, text in kept.items():
        file.write_text(text)


def check(tree, piece):
    return subprocess.run(
        ["./test.sh", "check", piece],
        cwd=tree,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def assert_passes(tree, piece):
    result = check(tree, piece)
    assert result.returncode == 0, result.stdout + result.stderr


def assert_fails_naming(tree, piece, *words):
    result = check(tree, piece)
    said = result.stdout + result.stderr
    assert result.returncode != 0, said
    assert [word for word in words if word not in said] == [], said


def import_line(line):
    """Put an import after the module's docstring."""

    def edit(text):
        end = ast.parse(text).body[0].end_lineno
        lines = text.splitlines(keepends=True)
        return "".join([*lines[:end], f"\n{line}\n", *lines[end:]])

    return edit


def forget_an_await(text):
    """Drop one `await`, as somebody does who takes the call for an ordinary one."""
    return text.replace("await lobby().", "lobby().", 1)


def a_file_that_awaits():
    return next(
        name_of(path)
        for path in python_files()
        if "    await lobby()." in path.read_text()
    )


def a_file_that_reads_a_frame():
    return next(
        name_of(path)
        for path in browser_files()
        if "case 'conversation.ended'" in path.read_text()
    )


def test_an_import_against_the_direction(copy, plant):
    assert_passes(copy, "imports")
    plant("trust/services.py", import_line("import chat.consumers"))

    assert_fails_naming(copy, "imports", "trust.services -> chat.consumers", "BROKEN")


@pytest.mark.parametrize("module", ["socket", "os", "pathlib", "django.db"])
def test_io_in_a_rule(copy, plant, module):
    plant("matching/domain/pairing.py", import_line(f"import {module}"))

    assert_fails_naming(copy, "imports", "matching.domain.pairing ->", "BROKEN")


def test_a_file_opened_in_a_rule(copy, plant):
    assert_passes(copy, "contract")
    plant("matching/domain/pairing.py", lambda text: text + "\nPLANTED = open('x')\n")

    assert_fails_naming(copy, "contract", "matching/domain/pairing.py", "open")


def test_a_forgotten_await(copy, plant):
    assert_passes(copy, "mypy")
    path = a_file_that_awaits()
    plant(path, forget_an_await)

    assert_fails_naming(copy, "mypy", path, "[unused-coroutine]")


def test_a_misspelt_message_type(copy, plant):
    assert_passes(copy, "tsc")
    path = a_file_that_reads_a_frame()
    plant(
        path, lambda text: text.replace("'conversation.ended'", "'conversation.endet'")
    )

    assert_fails_naming(copy, "tsc", Path(path).name, "conversation.endet")
