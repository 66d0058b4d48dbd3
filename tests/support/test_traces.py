"""The searches find what is there, in every form; otherwise "nothing found" is worth
nothing.
"""

import base64
import gc
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.inspected_server import Needle, found_among, live_objects, plant
from tests.support.traces import (
    byte_forms,
    found_in_files,
    found_in_memory,
    text_forms,
)

SECRET = bytes(range(100, 132))
ELSEWHERE = bytes(range(200, 232))
CANARY = "the canary sings at dawn 👋"


@pytest.mark.parametrize("before", range(4))
def test_bytes_are_found_inside_any_base64(before: int) -> None:
    around = b"x" * before + SECRET + b"yz"
    written = base64.urlsafe_b64encode(around)

    assert any(form in written for form in byte_forms(SECRET))
    assert not any(form in written for form in byte_forms(ELSEWHERE))


@pytest.mark.parametrize(
    "kept",
    [json.dumps(CANARY).encode(), CANARY.encode("utf-32-le"), ascii(CANARY).encode()],
    ids=["json", "wide", "repr"],
)
def test_text_is_found_as_programs_write_it(kept: bytes) -> None:
    assert any(form in kept for form in text_forms(CANARY))
    assert not any(form in kept for form in text_forms(CANARY[::-1]))


def test_files_are_searched_below_the_folder(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (deep / "kept.bin").write_bytes(b"--" + SECRET + b"--")
    needles = {"kept": byte_forms(SECRET), "never": byte_forms(ELSEWHERE)}

    assert found_in_files(tmp_path, needles) == {"kept": ["a/b/kept.bin"]}


KEEPER = """
import sys
kept = sys.stdin.buffer.read(32)
print("ready", flush=True)
sys.stdin.buffer.read()
"""


def test_memory_of_another_process_is_searched() -> None:
    needles = {"kept": {SECRET}, "never": {ELSEWHERE}}
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", KEEPER], stdin=pipe, stdout=pipe
    ) as keeper:
        assert keeper.stdin is not None
        assert keeper.stdout is not None
        keeper.stdin.write(SECRET)
        keeper.stdin.flush()
        keeper.stdout.readline()
        found = found_in_memory(keeper.pid, needles)

    assert found == {"kept"}


def test_live_objects_are_searched_deep_and_frozen_ones_too() -> None:
    kept = plant(SECRET)
    gc.freeze()
    needles = [
        Needle.read(f"kept {SECRET.hex()}"),
        Needle.read(f"never {os.urandom(32).hex()}"),
    ]
    skip = set().union(*(needle.own_ids() for needle in needles))
    found = found_among(live_objects(None, skip), needles)

    assert {"bytearray", "memoryview", "str"} <= set(found["kept"])
    assert "never" not in found
    assert kept is not None
