import pytest
from django.db import OperationalError, connection


def test_live_needs_nothing(client):
    assert client.get("/healthz/live").json() == {"status": "live"}


@pytest.mark.django_db
def test_ready_asks_the_database(client):
    assert client.get("/healthz/ready").json() == {"status": "ready"}


@pytest.mark.django_db
def test_a_broken_database_is_503(client, monkeypatch):
    def fail():
        raise OperationalError

    monkeypatch.setattr(connection, "cursor", fail)

    answer = client.get("/healthz/ready")

    assert answer.status_code == 503
    assert answer.json() == {"status": "database_unavailable"}
