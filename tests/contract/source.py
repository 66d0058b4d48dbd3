"""What the contract tests read: the tree as text and as syntax."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("identity", "trust", "matching", "creators", "chat")
PACKAGES = ("strangerspace", "common", *APPS, "tools")
GENERATED = {"migrations", "__pycache__"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def python_files() -> list[Path]:
    """Every file of the production code and its tools."""
    found = (path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))
    return sorted(path for path in found if not GENERATED & set(path.parts))


def domain_modules() -> list[Path]:
    return [
        path
        for app in APPS
        for path in sorted((ROOT / app / "domain").glob("*.py"))
        if path.stem != "__init__"
    ]


def common_modules() -> list[Path]:
    found = sorted((ROOT / "common").rglob("*.py"))
    return [path for path in found if path.stem not in {"__init__", "apps"}]


def browser_files() -> list[Path]:
    found = [*(ROOT / "static").rglob("*.js"), *(ROOT / "static").rglob("*.css")]
    return sorted(path for path in found if "vendor" not in path.parts)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, Function]]:
    """Every function with its dotted name, methods and inner ones too."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield f"{prefix}{node.name}", node
                yield from functions(node, f"{prefix}{node.name}.")
            case ast.ClassDef():
                yield from functions(node, f"{prefix}{node.name}.")
            case _:
                yield from functions(node, prefix)


def statements(function: Function) -> int:
    """Count statements below the signature, the docstring left out."""
    inside = [node for node in ast.walk(function) if isinstance(node, ast.stmt)]
    return len(inside) - 1 - (ast.get_docstring(function) is not None)
