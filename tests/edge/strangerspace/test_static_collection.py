import os
from pathlib import Path

import pytest

from strangerspace import static_collection


@pytest.fixture
def sources(settings, tmp_path):
    """A site with one static file, collected nowhere yet."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "page.css").write_text("p { color: red }")
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = [
        "django.contrib.staticfiles.finders.FileSystemFinder"
    ]
    settings.STATIC_ROOT = tmp_path / "data/static"
    return source


def test_the_first_time_everything_is_collected(sources, settings):
    assert static_collection.collect_if_stale()

    assert list(Path(settings.STATIC_ROOT).glob("page.*.css"))


def test_nothing_is_done_when_nothing_changed(sources):
    static_collection.collect_if_stale()

    assert not static_collection.collect_if_stale()


def test_a_changed_file_is_collected_and_the_old_one_goes(sources, settings):
    static_collection.collect_if_stale()
    before = set(Path(settings.STATIC_ROOT).glob("page.*.css"))
    (sources / "page.css").write_text("p { color: blue }")
    os.utime(sources / "page.css", (1, 1))

    assert static_collection.collect_if_stale()
    assert before.isdisjoint(Path(settings.STATIC_ROOT).glob("page.*.css"))


def test_a_run_that_failed_is_repeated(sources, settings, monkeypatch):
    def fail(*_args, **_options):
        raise OSError

    monkeypatch.setattr(static_collection, "call_command", fail)
    with pytest.raises(OSError):  # noqa: PT011  whatever broke
        static_collection.collect_if_stale()
    monkeypatch.undo()

    assert static_collection.collect_if_stale()


def test_debug_serves_files_where_they_lie(sources, settings):
    settings.DEBUG = True

    assert not static_collection.collect_if_stale()
