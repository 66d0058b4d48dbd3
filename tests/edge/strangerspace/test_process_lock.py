import contextlib
import subprocess
import sys

import pytest

from strangerspace import process_lock
from tests.support.server import ROOT

HOLD = (
    "import sys, pathlib; from strangerspace import process_lock;"
    "process_lock.take(pathlib.Path(sys.argv[1])); print('held', flush=True);"
    "sys.stdin.read()"
)


@pytest.fixture
def holder(tmp_path):
    with held(HOLD, tmp_path) as process:
        yield process


@pytest.fixture
def sharer(tmp_path):
    script = HOLD.replace("argv[1])", "argv[1]), shared=True", 1)
    with held(script, tmp_path) as process:
        yield process


@contextlib.contextmanager
def held(script, folder):
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    with process:
        yield process
        process.kill()


def test_a_second_process_is_refused_and_told_who_holds_it(tmp_path, holder):
    with pytest.raises(process_lock.AlreadyRunningError, match=f"process {holder.pid}"):
        process_lock.take(tmp_path)


def test_the_folder_is_free_once_the_holder_was_killed(tmp_path, holder):
    holder.kill()
    holder.wait()

    process_lock.take(tmp_path)

    assert (tmp_path / "server.lock").read_text().strip().isdigit()


def test_those_that_share_it_keep_only_others_out(tmp_path, sharer):
    process_lock.take(tmp_path, shared=True)
    alone = subprocess.run(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "already uses" in alone.stderr


def test_nobody_shares_what_one_holds_alone(tmp_path, holder):
    with pytest.raises(process_lock.AlreadyRunningError):
        process_lock.take(tmp_path, shared=True)


def test_holding_it_twice_in_one_process_is_fine(tmp_path):
    process_lock.take(tmp_path)
    process_lock.take(tmp_path)

    assert (tmp_path / "server.lock").exists()
