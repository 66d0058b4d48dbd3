"""Pages while a store is away, and when something broke."""

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client
from redis.exceptions import ConnectionError as RedisConnectionError

from chat import views


@pytest.fixture
def browser():
    return Client(raise_request_exception=False)


def broken(monkeypatch, error):
    async def fail(*_args, **_options):
        raise error

    monkeypatch.setattr(views.selectors, "status", fail)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OperationalError("gone"), 503),
        (InterfaceError("gone"), 503),
        (RedisConnectionError("gone"), 503),
        (ValueError("a bug"), 500),
    ],
)
def test_a_store_that_is_away_is_503_and_a_bug_is_500(
    browser, monkeypatch, error, status
):
    broken(monkeypatch, error)
    response = browser.get("/")

    assert response.status_code == status
    assert (response.get("Retry-After") == "1") is (status == 503)
    assert b"Something broke on our side" in response.content
