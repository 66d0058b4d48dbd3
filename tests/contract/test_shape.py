"""Short functions, short files, explained rules, each with its own test."""

import ast

import pytest

from tests.contract.source import (
    ROOT,
    browser_files,
    common_modules,
    domain_modules,
    functions,
    name_of,
    python_files,
    statements,
)

FUNCTION_STATEMENTS = 30
FILE_LINES = 300
# What is over a limit today, and by how much. Entries only shrink and go.
ALLOWED: dict[str, int] = {}
IMPURE_CALLS = {"open", "print", "input", "exec", "eval", "__import__"}


def _function_sizes():
    for path in python_files():
        for name, function in functions(ast.parse(path.read_text())):
            yield f"{name_of(path)}::{name}", statements(function)


def _file_sizes():
    for path in [*python_files(), *browser_files()]:
        yield name_of(path), len(path.read_text().splitlines())


def test_functions_are_short(capsys):
    sizes = dict(_function_sizes())
    with capsys.disabled():
        for name, size in sorted(sizes.items(), key=lambda item: -item[1])[:5]:
            print(f"  {size:3} statements  {name}")

    limits = {name: ALLOWED.get(name, FUNCTION_STATEMENTS) for name in sizes}
    assert [name for name in sizes if sizes[name] > limits[name]] == []


def test_files_are_short():
    sizes = dict(_file_sizes())

    limits = {name: ALLOWED.get(name, FILE_LINES) for name in sizes}
    assert [name for name in sizes if sizes[name] > limits[name]] == []


def test_the_allow_list_only_shrinks():
    """An entry says exactly how large its subject is, and only while it must."""
    sizes = {**dict(_function_sizes()), **dict(_file_sizes())}

    assert {name: sizes.get(name) for name in ALLOWED} == ALLOWED
    assert all(
        size > (FUNCTION_STATEMENTS if "::" in name else FILE_LINES)
        for name, size in ALLOWED.items()
    )


@pytest.mark.parametrize("path", domain_modules(), ids=name_of)
def test_a_rule_is_explained(path):
    tree = ast.parse(path.read_text())
    public = [
        (name, node)
        for name, node in functions(tree)
        if not any(part.startswith("_") for part in name.split("."))
    ]
    classes = [
        (node.name, node) for node in tree.body if isinstance(node, ast.ClassDef)
    ]
    bare = [
        name
        for name, node in [("module", tree), *public, *classes]
        if not name.startswith("_") and not ast.get_docstring(node)
    ]

    assert bare == []


@pytest.mark.parametrize("path", domain_modules(), ids=name_of)
def test_a_rule_has_its_test(path):
    app = path.relative_to(ROOT).parts[0]

    assert (ROOT / "tests/unit" / app / f"test_{path.stem}.py").is_file()


@pytest.mark.parametrize("path", common_modules(), ids=name_of)
def test_what_apps_share_has_its_test(path):
    folders = ("unit/common", "edge/common", "edge/pages")
    tests = [ROOT / "tests" / folder / f"test_{path.stem}.py" for folder in folders]

    assert [test for test in tests if test.is_file()] != []


@pytest.mark.parametrize("path", domain_modules(), ids=name_of)
def test_a_rule_reads_and_writes_nothing(path):
    """The import contract cannot see built-in functions."""
    calls = {
        node.func.id
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }

    assert calls & IMPURE_CALLS == set()


@pytest.mark.parametrize("path", domain_modules(), ids=name_of)
def test_a_rule_takes_only_types_from_the_source_of_randomness(path):
    """`common.ids` names the ids and draws them; a rule may only name them."""
    taken = [
        alias.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module == "common.ids"
        for alias in node.names
    ]

    assert [name for name in taken if not name.endswith("Id")] == []
