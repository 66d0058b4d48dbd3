"""The private services start, keep or lose what they should, and end with the run."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from redis import Redis

from tests.support.processes import ServiceMissingError, program
from tests.support.services import private_postgres, private_redis

WAITS = """
import pathlib, sys, time
from tests.support.processes import spawn
child = spawn(["sleep", "60"], log=pathlib.Path(sys.argv[1]))
print(child.pid, flush=True)
time.sleep(60)
"""
ROOT = Path(__file__).resolve().parents[2]


def psql(url, question):
    command = [program("psql"), "-Atq", url, "-c", question]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def runs(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"  # dead already, but nobody has asked


def name(pid):
    return Path(f"/proc/{pid}/comm").read_text().strip()


def until(true):
    deadline = time.monotonic() + 5
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_program_that_is_nowhere_is_named():
    with pytest.raises(ServiceMissingError, match="no-such-program"):
        program("no-such-program")


def test_redis_comes_back_empty(tmp_path):
    with private_redis(tmp_path) as server, Redis.from_url(server.url) as client:
        client.set("key", "value")
        server.restart()
        assert client.get("key") is None


@pytest.mark.parametrize("how", ["restart", "kill"])
def test_postgres_keeps_what_was_committed(tmp_path, how):
    with private_postgres(tmp_path) as server:
        psql(server.url, "create table kept (fact text)")
        psql(server.url, "insert into kept values ('stays')")
        if how == "kill":
            server.kill()
            server.start()
        else:
            server.restart()
        assert psql(server.url, "select fact from kept") == "stays"
        data = Path(psql(server.url, "show data_directory"))
    assert not data.exists()


def test_what_was_started_ends_with_a_run_that_is_killed(tmp_path):
    command = [sys.executable, "-c", WAITS, str(tmp_path / "log")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        child = int(run.stdout.readline())
        until(lambda: name(child) == "sleep")  # before, it is told what to do at death
        run.send_signal(signal.SIGKILL)
    until(lambda: not runs(child))
