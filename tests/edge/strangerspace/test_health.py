import pytest
from django.db import OperationalError, connection

from chat.standing import standing


@pytest.fixture
def no_database(monkeypatch):
    def fail():
        raise OperationalError

    monkeypatch.setattr(connection, "cursor", fail)


@pytest.fixture
def draining(monkeypatch):
    monkeypatch.setattr(standing(), "draining", True)


def answer(client, question):
    response = client.get(f"/healthz/{question}")
    return response.status_code, response.json()["status"]


def test_live_needs_nothing(client, draining):
    assert answer(client, "live") == (200, "live")


@pytest.mark.django_db
def test_ready_asks_the_database(client):
    assert answer(client, "ready") == (200, "ready")


@pytest.mark.django_db
def test_a_broken_database_is_503(client, no_database):
    assert answer(client, "ready") == (503, "database_unavailable")


@pytest.mark.django_db
def test_ready_asks_redis_where_there_is_one(client, redis_url, redis_server):
    assert answer(client, "ready") == (200, "ready")
    redis_server.kill()
    try:
        assert answer(client, "ready") == (503, "redis_unavailable")
    finally:
        redis_server.start()


def test_people_are_sent_on_while_a_store_is_away(client, no_database):
    assert answer(client, "open") == (200, "open")


@pytest.mark.parametrize("question", ["open", "ready"])
def test_nobody_is_sent_to_a_server_that_stops(client, draining, question):
    assert answer(client, question) == (503, "draining")


def test_probes_from_inside_are_answered_without_tls(client, settings):
    settings.SECURE_SSL_REDIRECT = True

    assert answer(client, "live") == (200, "live")
    assert client.get("/").status_code == 301
