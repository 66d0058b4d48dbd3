"""What is installed is pinned, and the pins are those of the hand-written lists."""

import re

import pytest

from tests.contract.source import ROOT

LISTS = ("requirements", "requirements-dev")


def _lines(name):
    text = (ROOT / name).read_text()
    bare = (line.split("#")[0].strip() for line in text.splitlines())
    return [line for line in bare if line and not line.startswith("-c ")]


def _normal(requirement):
    name = re.split(r"[=\[]", requirement)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("name", LISTS)
def test_every_package_is_pinned_and_comes_from_nowhere_special(name):
    loose = [
        line for line in _lines(f"{name}.txt") if not re.fullmatch(r"\S+==\S+", line)
    ]

    assert loose == []


@pytest.mark.parametrize("name", LISTS)
def test_the_pins_are_compiled_from_the_list(name):
    pinned = {_normal(line): line.split("==")[1] for line in _lines(f"{name}.txt")}
    wanted = _lines(f"{name}.in")
    stale = [
        line
        for line in wanted
        if _normal(line) not in pinned
        or ("==" in line and pinned[_normal(line)] != line.split("==")[1])
    ]

    assert wanted
    assert stale == []


def test_tests_run_on_the_versions_that_the_site_runs_on():
    running = dict(line.split("==") for line in _lines("requirements.txt"))
    testing = dict(line.split("==") for line in _lines("requirements-dev.txt"))

    shared = running.keys() & testing.keys()
    assert {name: testing[name] for name in shared} == {n: running[n] for n in shared}
