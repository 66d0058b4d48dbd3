"""After a chat, the server holds nothing of what was said: looked for, not believed."""

import json
import secrets
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.conftest import OpenWindow
from tests.support import server
from tests.support.meeting import face, introduce, sit_down, wish
from tests.support.server import ROOT, Server
from tests.support.traces import (
    byte_forms,
    found_in_files,
    found_in_memory,
    text_forms,
)
from tests.support.window import Window
from tests.support.wire_loop import WireLoop
from tests.wire_client import records
from tests.wire_client.stranger import Stranger

# Each server starts from an empty folder, and each search walks a whole process.
pytestmark = pytest.mark.timeout(300)

NEEDLE_BYTES = 24
SCAN_SECONDS = 60
GRACE_SECONDS = 1


@dataclass(slots=True)
class Inspected:
    """A server whose live objects can be searched."""

    site: Server
    folder: Path
    planted: bytes

    def live(self, needles: dict[str, bytes]) -> dict[str, list[str]]:
        """Say which needles some live object of the server holds."""
        lines = [f"{name} {raw.hex()}" for name, raw in needles.items()]
        self.findings.unlink(missing_ok=True)
        (self.folder / "needles").write_text("\n".join(lines))
        self.site.process.send_signal(signal.SIGUSR1)
        deadline = time.monotonic() + SCAN_SECONDS
        while not self.findings.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        found = json.loads(self.findings.read_text())
        assert isinstance(found, dict)
        return found

    @property
    def findings(self) -> Path:
        """Where the server writes what it found."""
        return self.folder / "findings.json"


@pytest.fixture(scope="module")
def inspected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inspected]:
    """Run a server that can be looked into."""
    folder = tmp_path_factory.mktemp("inspection")
    planted = secrets.token_bytes(NEEDLE_BYTES)
    running = server.start(
        tmp_path_factory.mktemp("inspected"),
        program=ROOT / "tests" / "support" / "inspected_server.py",
        LOG_LEVEL="DEBUG",
        INSPECT_PLANT=planted.hex(),
        INSPECT_NEEDLES=str(folder / "needles"),
        INSPECT_FINDINGS=str(folder / "findings.json"),
    )
    yield Inspected(site=running, folder=folder, planted=planted)
    running.stop()


def canaries(speaker: str) -> list[str]:
    """Write a message for each padding bucket, all different, all unmistakable."""
    sizes = (12, 160, 400, 900, 1900, 3900)
    return [
        f"{speaker} canary {secrets.token_hex(8)} {secrets.token_hex(size // 2)}"
        for size in sizes
    ]


def slices(ct: bytes, name: str) -> dict[str, bytes]:
    """Cut a ciphertext at its start, middle and end."""
    middle = (len(ct) - NEEDLE_BYTES) // 2
    return {
        f"{name}-start": ct[:NEEDLE_BYTES],
        f"{name}-middle": ct[middle : middle + NEEDLE_BYTES],
        f"{name}-end": ct[-NEEDLE_BYTES:],
    }


def ciphertexts(bo: Stranger) -> dict[str, bytes]:
    """Collect slices of everything that went through the relay, both ways."""
    assert bo.conversation is not None
    found: dict[str, bytes] = {}
    for sealed in bo.conversation.sealed.values():
        found |= slices(sealed.ct, f"sent-{sealed.seq}")
    for raw in bo.socket.binary:
        for kind, body in records.split(raw):
            received = records.read(kind, body)
            if isinstance(received, records.Deliver):
                found |= slices(received.ct, f"received-{received.seq}")
    return found


@pytest.fixture
def meeting(
    inspected: Inspected,
    open_window: OpenWindow,
    wire: WireLoop,
    topic: str,
) -> Iterator[tuple[Window, Stranger]]:
    """Let a person at a browser and a program meet on the inspected server."""
    ana = open_window(origin=inspected.site.url)
    sit_down(ana, topic)
    ana.at("waiting")
    bo = wire.run(Stranger.arrive(inspected.site.url))
    face(ana, bo)
    yield ana, bo
    wire.run(bo.go())


def test_a_chat_leaves_no_trace(
    inspected: Inspected, meeting: tuple[Window, Stranger], wire: WireLoop, topic: str
) -> None:
    ana, bo = meeting
    said, answered = canaries("bo"), canaries("ana")
    for mine, theirs in zip(said, answered, strict=True):
        sealed = wire.run(bo.say(mine))
        ana.hears(mine)
        ana.say(theirs)
        assert wire.run(bo.hear()).text == theirs
        wire.run(bo.acknowledged(sealed))
    time.sleep(GRACE_SECONDS)
    spoken = {text: text_forms(text[:40]) for text in said + answered}
    sealed_parts = ciphertexts(bo)
    hidden = {name: byte_forms(raw) for name, raw in sealed_parts.items()}
    pid, folder = inspected.site.process.pid, inspected.site.data_dir.parent

    assert len(sealed_parts) == 3 * len(spoken)
    assert found_in_memory(pid, spoken) == set()
    assert inspected.live(sealed_parts | {"planted": inspected.planted}).keys() == {
        "planted"
    }
    assert found_in_files(folder, spoken | hidden) == {}


def test_what_is_kept_is_found(
    inspected: Inspected, wire: WireLoop, open_window: OpenWindow, topic: str
) -> None:
    """Prove that the searches notice what is there."""
    told = f"kept {secrets.token_hex(8)}"
    person = open_window(origin=inspected.site.url)
    person.enter("text", told)
    waiting = wire.run(Stranger.arrive(inspected.site.url))
    wire.run(waiting.join(**wish(topic)))
    wire.run(waiting.settled())
    pid, folder = inspected.site.process.pid, inspected.site.data_dir.parent

    assert found_in_memory(pid, {"topic": text_forms(topic)}) == {"topic"}
    assert set(found_in_files(folder, {"told": text_forms(told)})) == {"told"}
    assert set(inspected.live({"planted": inspected.planted})["planted"]) >= {
        "str",
        "bytearray",
        "memoryview",
    }
    wire.run(waiting.go())


def test_a_commitment_is_kept_until_it_is_acknowledged_and_no_longer(
    inspected: Inspected, meeting: tuple[Window, Stranger], wire: WireLoop
) -> None:
    ana, bo = meeting
    bo.acknowledges = False
    ana.say("not acknowledged yet")
    wire.run(bo.hear())
    commitment = {"c": delivered(bo).c, "ct": delivered(bo).ct[:NEEDLE_BYTES]}
    time.sleep(GRACE_SECONDS)
    before = inspected.live(commitment)
    wire.run(bo.acknowledge(1))
    time.sleep(GRACE_SECONDS)

    assert before.keys() == {"c"}
    assert inspected.live(commitment) == {}


def delivered(bo: Stranger) -> records.Deliver:
    """Find the last message that was delivered."""
    found = [
        record
        for raw in bo.socket.binary
        for kind, body in records.split(raw)
        if isinstance(record := records.read(kind, body), records.Deliver)
    ]
    return found[-1]


def test_nothing_is_left_on_disk_when_the_server_has_stopped(
    tmp_path: Path, wire: WireLoop, topic: str
) -> None:
    site = server.start(tmp_path, LOG_LEVEL="DEBUG")
    ana, bo = (wire.run(Stranger.arrive(site.url)) for _ in range(2))
    wire.run(introduce(ana, bo, topic))
    canary = f"last words {secrets.token_hex(12)}"
    sealed = wire.run(ana.say(canary))
    wire.run(bo.hear())
    stopped = site.stop()
    needles = {"said": text_forms(canary), "ct": byte_forms(sealed.ct[:NEEDLE_BYTES])}

    assert stopped == 0
    assert found_in_files(tmp_path, needles) == {}
