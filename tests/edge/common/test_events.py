from dataclasses import dataclass

import pytest
from django.db import transaction

from common import events


@dataclass(frozen=True)
class Happened:
    what: str


@pytest.fixture
def heard(monkeypatch):
    monkeypatch.setattr(events, "_handlers", type(events._handlers)(list))
    return []


def test_every_subscriber_hears_in_order(heard):
    events.subscribe(Happened, lambda event: heard.append(("first", event.what)))
    events.subscribe(Happened, lambda event: heard.append(("second", event.what)))

    events.publish(Happened("it"))

    assert heard == [("first", "it"), ("second", "it")]


def test_a_handler_subscribes_once(heard):
    for _ in range(2):
        events.subscribe(Happened, heard.append)

    events.publish(Happened("it"))

    assert heard == [Happened("it")]


def test_other_news_is_not_heard(heard):
    events.subscribe(Happened, heard.append)

    events.publish(object())

    assert heard == []


def test_a_failing_handler_stops_no_other(heard, caplog):
    def fail(_event):
        raise RuntimeError

    events.subscribe(Happened, fail)
    events.subscribe(Happened, heard.append)

    events.publish(Happened("it"))

    assert heard == [Happened("it")]
    assert "a handler of Happened failed" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_news_waits_for_the_commit(heard):
    events.subscribe(Happened, heard.append)

    with transaction.atomic():
        events.publish_on_commit(Happened("it"))
        assert heard == []

    assert heard == [Happened("it")]


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_is_no_news(heard):
    events.subscribe(Happened, heard.append)

    with transaction.atomic():
        events.publish_on_commit(Happened("it"))
        transaction.set_rollback(True)

    assert heard == []
