"""`manage.py up` as its own process: what an operator sees of it."""

import contextlib
import os
import socket
import sqlite3
import ssl
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from strangerspace import lan
from tests.support.server import ROOT, free_port, start

PROGRAMS = ("daphne", "uvicorn")


def manage(*arguments, data_dir, **environment):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={
            "PATH": "/usr/bin:/bin",
            "DATA_DIR": str(data_dir),
            "ENV_FILE": "/dev/null",
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    server = start(tmp_path_factory.mktemp("site"), DEMO="true")
    yield server
    server.stop()


def test_it_says_where_it_listens_and_what_a_newcomer_must_know(site):
    said = site.log_text()

    line = f"Listening on {site.second_url} and {site.url}\n"
    assert line in said
    assert "Two windows of one browser are one person" in said
    assert "two cookie jars" in said
    assert f"Data lies in {site.data_dir}" in said


def test_a_demo_says_how_its_staff_sign_in(site):
    assert "demo-moderator@localhost" in site.log_text()
    assert manage("demo_code", data_dir=site.data_dir).returncode == 1


def test_it_does_not_name_its_software(site):
    headers = httpx.get(site.url, trust_env=False).headers

    assert "server" not in headers


def test_it_is_for_one_process_alone(tmp_path):
    several = {"REDIS_URL": "redis://127.0.0.1:1/0", "SECRET_KEY": "s" * 50}
    master = {"FRANKING_MASTER_KEY": "m" * 50}
    refused = manage("up", data_dir=tmp_path, **several, **master)

    assert refused.returncode == 1
    assert "manage.py web" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_an_unknown_server_program_is_refused(tmp_path):
    refused = manage("up", "--server", "gunicorn", data_dir=tmp_path)

    assert refused.returncode == 2
    assert "daphne" in refused.stderr


def test_a_second_process_refuses_the_folder_in_one_line(site):
    refused = manage("up", "--port", str(free_port()), data_dir=site.data_dir)

    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert f"(process {site.process.pid}) already uses" in refused.stderr


def test_another_server_program_is_refused_too(site):
    script = "import strangerspace.asgi"
    refused = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={"DATA_DIR": str(site.data_dir), "ENV_FILE": "/dev/null"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert refused.returncode == 1
    assert "already uses" in refused.stderr


def test_data_is_not_deleted_under_a_running_server(site):
    refused = manage("reset_data", "--yes", data_dir=site.data_dir)

    assert refused.returncode == 1
    assert (site.data_dir / "strangerspace.sqlite3").exists()


def test_what_it_writes_is_for_its_user_alone(site):
    database = site.data_dir / "strangerspace.sqlite3"

    assert database.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_taken_port_is_told_in_one_line(tmp_path, program):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = manage("up", "--port", port, "--server", program, data_dir=tmp_path)

    assert refused.returncode == 1
    assert "Address already in use" in refused.stderr.splitlines()[-1]


def processor_seconds(pid):
    """What a process has worked for, however busy the machine is otherwise."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, after_name[11:13])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_second_start_is_quick_and_a_stop_is_clean(tmp_path, program, monkeypatch):
    monkeypatch.setenv("SERVER", program)
    start(tmp_path).stop()
    server = start(tmp_path)
    worked = processor_seconds(server.process.pid)

    assert server.stop() == 0
    assert worked < 6


def test_the_schedule_reaches_the_worker(site):
    """Worker and schedule run in threads of one process, and stop quickly."""
    script = (
        "import django; django.setup()\n"
        "from strangerspace.background import BackgroundWork\n"
        "from strangerspace.celery import app\n"
        "import threading, time\n"
        "ran = threading.Event()\n"
        "@app.task(name='proof')\n"
        "def proof(): ran.set()\n"
        "app.conf.beat_schedule = {'p': {'task': 'proof', 'schedule': 0.5}}\n"
        "work = BackgroundWork(app); work.start()\n"
        "assert ran.wait(10)\n"
        "began = time.monotonic(); work.stop()\n"
        "assert time.monotonic() - began < 5, 'slow stop'\n"
        "print('ran')\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={
            "DATA_DIR": str(site.data_dir),
            "ENV_FILE": "/dev/null",
            "DJANGO_SETTINGS_MODULE": "strangerspace.settings",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert result.stdout == "ran\n", result.stderr


def test_reset_deletes_our_files_and_nothing_else(tmp_path):
    data = tmp_path / "data"
    assert manage("migrate", data_dir=data).returncode == 0
    (data / "holiday.jpg").write_text("mine")

    assert manage("reset_data", "--yes", data_dir=data).returncode == 0
    assert sorted(path.name for path in data.iterdir()) == [
        "holiday.jpg",
        "server.lock",
    ]


def test_the_database_is_in_wal_mode(site):
    with contextlib.closing(
        sqlite3.connect(site.data_dir / "strangerspace.sqlite3")
    ) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize("program", PROGRAMS)
def test_lan_serves_https_with_secure_cookies(tmp_path, program):
    address = lan.own_address()
    port = free_port()
    process = subprocess.Popen(
        [
            *(sys.executable, "manage.py", "up", "--lan"),
            *("--port", str(port), "--server", program),
        ],
        cwd=ROOT,
        env={"DATA_DIR": str(tmp_path), "ENV_FILE": "/dev/null"},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout
        said = iter(process.stdout.readline, "")
        line = next(line for line in said if line.startswith("Listening"))
        assert (
            line
            == f"Listening on https://{address}:{port} and https://localhost:{port}\n"
        )
        trusted = ssl.create_default_context(cafile=str(tmp_path / "lan.crt"))
        page = httpx.get(f"https://{address}:{port}/", verify=trusted, trust_env=False)
        process.terminate()

    assert page.status_code == 200
    assert "; Secure" in page.headers["set-cookie"]
    assert "strict-transport-security" not in page.headers
    assert process.returncode == 0
