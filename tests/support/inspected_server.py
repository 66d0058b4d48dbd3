"""`manage.py` with a window into its own live objects.

On SIGUSR1 the process looks through everything that Python code in it can
still reach and writes which needles it found. Needles come as hex lines
`name hex` in the file named by INSPECT_NEEDLES; findings go as JSON to
INSPECT_FINDINGS. INSPECT_PLANT (hex) is planted deep in ordinary objects at the
start, so that a test can prove that this scan finds what is there.
"""

import gc
import json
import os
import runpy
import signal
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.support.traces import byte_forms  # noqa: E402  found once the path is set

PLANTED: list[object] = []
LEAVES = (str, bytes, bytearray, int, float, bool, type(None))
SHORTEST = 12
"""Nothing shorter can hold a needle of 16 bytes, cut base64 included."""


@dataclass(frozen=True, slots=True)
class Needle:
    """What is looked for, in the forms in which code may hold it."""

    name: str
    raw: bytes
    texts: tuple[str, ...]

    @classmethod
    def read(cls, line: str) -> "Needle":
        """Read one line `name hex`."""
        name, digits = line.split()
        raw = bytes.fromhex(digits)
        forms = byte_forms(raw) - {raw}
        texts = (raw.decode("latin-1"), *(form.decode() for form in forms))
        return cls(name, raw, texts)

    def own_ids(self) -> set[int]:
        """Name the objects that the scan itself made."""
        return {id(self), id(self.raw), id(self.texts), *map(id, self.texts)}

    def stands_in(self, one: object) -> bool:
        """Say whether a text or a buffer holds this needle."""
        kind = type(one)  # isinstance() would wake lazy objects of Django
        if issubclass(kind, str):
            return any(text in one for text in self.texts)  # type: ignore[operator]  # a str
        return self.raw in buffer_bytes(one)


def buffer_bytes(one: Any) -> bytes:
    """Read the bytes of a buffer; of one that was released, none."""
    try:
        return bytes(one)
    except (ValueError, BufferError):
        return b""


def plant(raw: bytes) -> object:
    """Keep `raw` in each way in which code keeps bytes: nested, viewed, closed over."""
    kept = bytes(raw)
    text = kept.hex()

    class Keeper:
        __slots__ = ("held",)

        def __init__(self) -> None:
            self.held = {"deep": ({"array": [bytearray(kept)]}, memoryview(kept))}

    return Keeper(), lambda: text


def live_objects(frame: FrameType | None, skip: set[int]) -> Iterator[object]:
    """Walk everything reachable from tracked objects and running frames, once each."""
    gc.unfreeze()  # what start-up froze is hidden from get_objects()
    ahead: list[Any] = [*gc.get_objects(), *_frame_values(frame)]
    seen = skip | {id(skip), id(ahead)}
    while ahead:
        one = ahead.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        if type(one) not in LEAVES:
            ahead.extend(gc.get_referents(one))


def _frame_values(interrupted: FrameType | None) -> Iterator[object]:
    for start in (interrupted, *sys._current_frames().values()):
        frame = start
        while frame is not None:
            if frame.f_code.co_filename != __file__:
                yield from frame.f_locals.values()
            frame = frame.f_back


def found_among(
    objects: Iterable[object], needles: Iterable[Needle]
) -> dict[str, list[str]]:
    """Say for each needle in which types of object it stands."""
    found: dict[str, set[str]] = {}
    for one in objects:
        kind = type(one)
        if not issubclass(kind, (str, bytes, bytearray, memoryview)):
            continue
        if not issubclass(kind, memoryview) and len(one) < SHORTEST:  # type: ignore[arg-type]  # sized
            continue
        for needle in needles:
            if needle.stands_in(one):
                found.setdefault(needle.name, set()).add(kind.__name__)
    return {name: sorted(kinds) for name, kinds in found.items()}


def inspect(_signal: int, frame: FrameType | None) -> None:
    """Scan now and write what was found."""
    written = Path(os.environ["INSPECT_NEEDLES"]).read_text()
    needles = [Needle.read(line) for line in written.splitlines()]
    del written
    skip = set().union(*(needle.own_ids() for needle in needles))
    found = found_among(live_objects(frame, skip), needles)
    target = Path(os.environ["INSPECT_FINDINGS"])
    draft = target.with_suffix(".draft")
    draft.write_text(json.dumps(found))
    draft.rename(target)


def main() -> None:
    """Run the command line under inspection."""
    PLANTED.append(plant(bytes.fromhex(os.environ.pop("INSPECT_PLANT", ""))))
    signal.signal(signal.SIGUSR1, inspect)
    sys.argv[0] = str(ROOT / "manage.py")
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
