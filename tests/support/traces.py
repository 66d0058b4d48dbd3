"""Looking for what must not be there: in a process's memory, in every file.

A secret is looked for in each form in which a program may have kept it. The
search runs in the test's own process: the server never learns the needles.
"""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

CHUNK_BYTES = 16 * 1024 * 1024
WRITABLE = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) rw")


def text_forms(text: str) -> set[bytes]:
    """Write a text as Python, JSON, SQLite or a log may hold it."""
    raw = text.encode()
    wide = {text.encode(code) for code in ("utf-16-le", "utf-32-le")}
    escaped = {
        text.encode("ascii", "backslashreplace"),
        json.dumps(text)[1:-1].encode(),
    }
    return wide | byte_forms(raw) | escaped


def byte_forms(raw: bytes) -> set[bytes]:
    """Write bytes raw, as hex, and as the inner part of any base64 around them."""
    inner = {
        encode(b"\0" * before + raw)[4 if before else 0 : -4]
        for before in range(3)
        for encode in (base64.b64encode, base64.urlsafe_b64encode)
    }
    return {raw, raw.hex().encode(), raw.hex().upper().encode()} | inner


def found_in_memory(pid: int, needles: Mapping[str, set[bytes]]) -> set[str]:
    """Name the needles that stand anywhere in the writable memory of a process."""
    found: set[str] = set()
    for piece in _memory(pid):
        found |= _named_in(piece, needles)
    return found


def found_in_files(
    folder: Path, needles: Mapping[str, set[bytes]]
) -> dict[str, list[str]]:
    """Name the needles that stand in files below a folder, with the files."""
    found: dict[str, list[str]] = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        for name in _named_in(path.read_bytes(), needles):
            found.setdefault(name, []).append(str(path.relative_to(folder)))
    return found


def _named_in(haystack: bytes, needles: Mapping[str, set[bytes]]) -> set[str]:
    return {
        name
        for name, forms in needles.items()
        if any(form in haystack for form in forms)
    }


def _memory(pid: int) -> Iterator[bytes]:
    # Pieces overlap by a page, so that no needle is cut in two.
    maps = Path(f"/proc/{pid}/maps").read_text()
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in maps.splitlines():
            if not (span := WRITABLE.match(line)):
                continue
            start, end = (int(edge, 16) for edge in span.groups())
            for at in range(start, end, CHUNK_BYTES):
                memory.seek(at)
                try:
                    yield memory.read(min(CHUNK_BYTES + 4096, end - at))
                except OSError:
                    continue  # a guard page, or unmapped since
