"""Fixtures of the end-to-end tests: one server and one browser for all of them."""

import json
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.support import chromium, server
from tests.support.chromium import FAKE_DEVICES, FAKE_YES
from tests.support.meeting import introduce
from tests.support.server import Server
from tests.support.topology import Topology, topology
from tests.support.window import Window
from tests.support.wire_loop import WireLoop, wire_loop
from tests.wire_client.stranger import Stranger

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "test-results"
FAILED = pytest.StashKey[bool]()

ELSEWHERE = {"playwright", "many"}
"""Fixtures of tests that need a browser, or a site of many processes."""

OpenWindow = Callable[..., Window]
Arrive = Callable[..., Stranger]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what speaks to the server without a browser, for `./test.sh realtime`."""
    for item in items:
        wanted = set(getattr(item, "fixturenames", ()))
        if Path(__file__).parent in item.path.parents and not wanted & ELSEWHERE:
            item.add_marker("wire")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Remember whether the test itself failed, for fixtures that keep traces."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run the real server for the whole session."""
    running = server.start(tmp_path_factory.mktemp("site"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Topology]:
    """Run the site of many processes for the whole session; leave it as it was."""
    with topology(tmp_path_factory.mktemp("many")) as running:
        yield running


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Start Playwright's driver."""
    with sync_playwright() as driver:
        yield driver


@contextmanager
def started(driver: Playwright, *devices: str) -> Iterator[Browser]:
    """Start a browser; without one, fail in one line."""
    try:
        running = chromium.launch(driver, *devices)
    except chromium.NoChromiumError as missing:
        pytest.fail(str(missing), pytrace=False)
    yield running
    running.close()


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Start Chromium with a fake camera and microphone that nobody is asked about."""
    with started(playwright, FAKE_DEVICES, FAKE_YES) as running:
        yield running


@pytest.fixture(scope="session")
def asking_browser(playwright: Playwright) -> Iterator[Browser]:
    """Start Chromium with fake devices that only contexts with a grant may open."""
    with started(playwright, FAKE_DEVICES) as running:
        yield running


@pytest.fixture(scope="session")
def bare_browser(playwright: Playwright) -> Iterator[Browser]:
    """Start Chromium on a machine without camera and microphone."""
    with started(playwright, FAKE_YES) as running:
        yield running


@pytest.fixture
def open_window(
    request: pytest.FixtureRequest, site: Server, browser: Browser
) -> Iterator[OpenWindow]:
    """Open private windows; afterwards each must have behaved."""
    windows: list[Window] = []

    def open_one(using: Browser = browser, origin: str = "", **options: Any) -> Window:
        windows.append(Window.open(using, origin or site.url, **options))
        return windows[-1]

    yield open_one
    failed = request.node.stash.get(FAILED, True)
    misbehaved = {
        at: complaints
        for at, window in enumerate(windows)
        if (complaints := window.foreign + window.complaints)
    }
    folder = RESULTS / re.sub(r"[^\w.-]+", "_", request.node.name)
    keep = folder if failed or misbehaved else None
    for window in windows:
        window.close(keep)
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        (keep / "server.log").write_text(site.log_text())
    assert misbehaved == {}


@pytest.fixture(scope="session")
def wire() -> Iterator[WireLoop]:
    """Give the loop on which wire clients live."""
    yield wire_loop()
    wire_loop().stop()
    wire_loop.cache_clear()


@pytest.fixture
def arrive(site: Server, wire: WireLoop) -> Iterator[Arrive]:
    """Make wire clients that are new visitors with an open socket."""
    strangers: list[Stranger] = []

    def arrive_one(**options: Any) -> Stranger:
        strangers.append(wire.run(Stranger.arrive(site.url, **options)))
        return strangers[-1]

    yield arrive_one
    for stranger in strangers:
        wire.run(stranger.go())


@pytest.fixture
def topic() -> str:
    """Name something that nobody outside this test wants to talk about."""
    return f"topic {secrets.token_hex(6)}"


@pytest.fixture
def pair(wire: WireLoop, arrive: Arrive, topic: str) -> tuple[Stranger, Stranger]:
    """Let two wire clients meet."""
    ana, bo = arrive(), arrive()
    wire.run(introduce(ana, bo, topic))
    return ana, bo


@pytest.fixture(scope="session")
def emoji() -> list[str]:
    """Read the published list that safety codes are drawn from."""
    published = ROOT / "docs" / "reference" / "safety-emoji.json"
    return [one["emoji"] for one in json.loads(published.read_text())]
