"""The site's ES modules: which there are, and what each of them imports.

Modules are served as they are written, under names that carry a hash of their
content. A relative import names the file without the hash; the page's import
map leads it to the hashed one.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from posixpath import dirname, join, normpath

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import (
    ManifestStaticFilesStorage,
    staticfiles_storage,
)
from django.core.files.storage import Storage

MODULE_FOLDER = "js/"

_COMMENT = re.compile(r"/\*.*?\*/|^\s*//[^\n]*", re.DOTALL | re.MULTILINE)
_IMPORT = re.compile(
    r"""^\s*(?:import|export)\s+(?:[^'";]*?\sfrom\s+)?['"](\.{1,2}/[^'"]+)['"]"""
    r"""|\bimport\(\s*['"](\.{1,2}/[^'"]+)['"]\s*\)""",
    re.MULTILINE,
)


def import_targets(source: str, *, module: str) -> tuple[str, ...]:
    """List the modules that a module's relative imports name, in order.

    Args:
        source: the module's text. Comments do not count.
        module: its own path below the static root, such as `js/chat/main.js`.

    Returns:
        Paths below the static root.

    """
    code = _COMMENT.sub("", source)
    specifiers = (static or dynamic for static, dynamic in _IMPORT.findall(code))
    return tuple(normpath(join(dirname(module), name)) for name in specifiers)


def hashed_urls(storage: Storage) -> dict[str, str]:
    """Map the plain URL of each module to its hashed one.

    Empty when the storage does not hash: every import then finds its file.
    """
    if not isinstance(storage, ManifestStaticFilesStorage):
        return {}
    names = sorted(name for name in storage.hashed_files if _is_module(name))
    return {f"{storage.base_url}{name}": storage.url(name) for name in names}


@cache
def module_closure(module: str) -> tuple[str, ...]:
    """List what a module needs to run, itself first, each once.

    Raises:
        FileNotFoundError: the module, or one that it imports, is not there.

    """
    return tuple(dict.fromkeys(_walk(module, seen=set())))


def _walk(module: str, *, seen: set[str]) -> Iterator[str]:
    if module in seen:
        return
    seen.add(module)
    yield module
    for target in import_targets(_source(module), module=module):
        yield from _walk(target, seen=seen)


def _source(module: str) -> str:
    path = _path(module)
    if path is None:
        raise FileNotFoundError(module)
    return Path(path).read_text(encoding="utf-8")


def _path(module: str) -> str | None:
    """Find the file that is served, which may be older than its source."""
    if not isinstance(staticfiles_storage, ManifestStaticFilesStorage):
        return finders.find(module)
    hashed = staticfiles_storage.hashed_files.get(module)
    return None if hashed is None else staticfiles_storage.path(hashed)


def _is_module(name: str) -> bool:
    return name.startswith(MODULE_FOLDER) and name.endswith(".js")
