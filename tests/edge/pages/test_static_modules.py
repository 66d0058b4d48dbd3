from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import StaticFilesStorage, staticfiles_storage

from common.static_modules import hashed_urls, import_targets, module_closure

SOURCES = Path(settings.BASE_DIR) / "static"
MODULES = sorted(str(path.relative_to(SOURCES)) for path in SOURCES.rglob("js/**/*.js"))


@pytest.mark.parametrize(
    ("source", "targets"),
    [
        ("import { a } from './b.js';", ["js/chat/b.js"]),
        ('import "../lib/c.js";', ["js/lib/c.js"]),
        ("import {\n  a,\n  b,\n} from './view/d.js';", ["js/chat/view/d.js"]),
        ("export { a } from './b.js';", ["js/chat/b.js"]),
        ("const a = await import('./b.js');", ["js/chat/b.js"]),
        (
            "import a from './b.js';\nimport c from './d.js';",
            ["js/chat/b.js", "js/chat/d.js"],
        ),
        ("// import { a } from './b.js';", []),
        ("/**\n * import { a } from './b.js';\n */", []),
        ("/** @typedef {import('./types.js').State} State */", []),
        ("const a = 'node:fs';", []),
    ],
)
def test_relative_imports_are_found(source, targets):
    assert list(import_targets(source, module="js/chat/main.js")) == targets


def test_a_closure_names_each_module_once_and_itself_first():
    closure = module_closure("js/pages/interests.js")

    assert closure[0] == "js/pages/interests.js"
    assert set(closure) >= {"js/pages/chips.js", "js/chat/view/dom.js"}
    assert len(closure) == len(set(closure))


def test_a_closure_is_the_same_where_files_are_served_from_their_sources(monkeypatch):
    hashed = module_closure("js/pages/interests.js")
    module_closure.cache_clear()
    monkeypatch.setattr(
        "common.static_modules.staticfiles_storage", StaticFilesStorage()
    )
    plain = module_closure("js/pages/interests.js")
    module_closure.cache_clear()

    assert plain == hashed


def test_a_closure_of_nothing_is_an_error():
    with pytest.raises(FileNotFoundError):
        module_closure("js/chat/no_such_module.js")


@pytest.mark.parametrize("module", MODULES)
def test_every_import_of_every_module_is_mapped(module):
    mapped = hashed_urls(staticfiles_storage)
    targets = import_targets((SOURCES / module).read_text(), module=module)

    assert [name for name in targets if f"/static/{name}" not in mapped] == []


def test_the_map_leads_to_files_whose_names_carry_their_hash():
    mapped = hashed_urls(staticfiles_storage)
    hashed = mapped["/static/js/chat/main.js"]

    assert sorted(mapped) == [f"/static/{name}" for name in MODULES]
    assert hashed.startswith("/static/js/chat/main.")
    assert Path(settings.STATIC_ROOT, hashed.removeprefix("/static/")).exists()


def test_without_hashes_nothing_needs_a_map():
    assert hashed_urls(StaticFilesStorage()) == {}
