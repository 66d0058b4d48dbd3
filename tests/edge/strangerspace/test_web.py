"""`manage.py web` on PostgreSQL and Redis, as two workers of one site."""

import os
import subprocess
import sys

import httpx
import pytest

from tests.support import server
from tests.support.server import ROOT
from tests.support.services import private_postgres

SECRETS = {"SECRET_KEY": "s" * 50, "FRANKING_MASTER_KEY": "f" * 50}
ADULT = {"birth_date": "1990-05-04"}


def manage(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "ENV_FILE": os.devnull, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="module")
def postgres(tmp_path_factory):
    with private_postgres(tmp_path_factory.mktemp("postgres")) as running:
        yield running


@pytest.fixture(scope="module")
def shared(postgres, redis_server, tmp_path_factory):
    """The environment that all processes of the site have."""
    data_dir = tmp_path_factory.mktemp("shared")
    names = {
        "DATABASE_URL": postgres.url,
        "REDIS_URL": redis_server.url,
        "DATA_DIR": str(data_dir),
        **SECRETS,
    }
    migrated = manage("migrate", **names)
    assert migrated.returncode == 0, migrated.stderr
    return names


@pytest.fixture(scope="module", params=["daphne", "uvicorn"])
def workers(request, shared, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SERVER", request.param)
        running = [
            server.start(tmp_path_factory.mktemp("web"), command="web", **shared)
            for _ in range(2)
        ]
    yield running
    assert [each.stop() for each in running] == [0, 0]


class Caller:
    """An app that states an age, and asks one worker or the other."""

    def __init__(self, worker):
        self.headers = {}
        made = self.ask(worker, "visitors").raise_for_status()
        self.headers["X-Session-Token"] = made.json()["token"]

    def ask(self, worker, path, body=None):
        url = f"{worker.url}/api/v1/{path}"
        return httpx.post(
            url, json=body or {}, headers=self.headers, timeout=15, trust_env=False
        )


def test_it_says_where_it_listens(workers):
    for worker in workers:
        assert f"Listening on {worker.url}\n" in worker.log_text()


def test_it_does_not_name_its_software(workers):
    assert "server" not in httpx.get(workers[0].url, trust_env=False).headers


def test_what_one_worker_wrote_another_reads(workers):
    one, other = workers
    app = Caller(one)

    assert app.ask(other, "visitors/me/age", ADULT).status_code == 200
    assert app.ask(one, "realtime/tickets").status_code == 201


def test_the_pace_of_a_visitor_is_one_over_all_workers(workers):
    one, other = workers
    app = Caller(one)
    app.ask(one, "visitors/me/age", ADULT)
    statuses = [
        app.ask(worker, "realtime/tickets").status_code for worker in (one, other) * 6
    ]

    assert 429 in statuses
    assert statuses.count(201) in range(10, 12)


def test_without_the_database_it_is_unavailable_soon_and_then_again_there(
    workers, postgres
):
    one = workers[0]
    app = Caller(one)
    app.ask(one, "visitors/me/age", ADULT)
    app.ask(one, "realtime/tickets").raise_for_status()
    postgres.stop()
    try:
        answers = [
            app.ask(one, "realtime/tickets"),
            app.ask(one, "visitors"),
            app.ask(one, "visitors/me/age", ADULT),
            httpx.get(f"{one.url}/healthz/ready", timeout=15, trust_env=False),
        ]
        page = httpx.get(f"{one.url}/talk/?mode=text", timeout=15, trust_env=False)
    finally:
        postgres.start()

    assert [each.status_code for each in answers] == [503] * 4
    assert {each.json().get("code") for each in answers[:3]} == {"unavailable"}
    assert all(each.elapsed.total_seconds() < 5 for each in answers)
    assert page.status_code == 503
    assert app.ask(one, "realtime/tickets").status_code == 201


def test_without_redis_it_is_unavailable_soon_and_then_again_there(
    workers, redis_server
):
    one = workers[0]
    app = Caller(one)
    app.ask(one, "visitors/me/age", ADULT)
    redis_server.kill()
    try:
        answer = app.ask(one, "realtime/tickets")
    finally:
        redis_server.start()

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.elapsed.total_seconds() < 5
    assert app.ask(one, "realtime/tickets").status_code == 201


@pytest.mark.parametrize("missing", ["DATABASE_URL", "REDIS_URL"])
def test_it_refuses_to_be_one_of_many_without_shared_stores(tmp_path, shared, missing):
    names = {name: value for name, value in shared.items() if name != missing}
    refused = manage("web", **names)

    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1].startswith(f"CommandError: {missing} is")
