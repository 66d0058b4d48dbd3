"""Meeting again: both, and soon."""

from chat.domain.reunion import Reunion
from trust.domain.franking import Role

A, B = Role.A, Role.B


def test_both_must_ask():
    reunion = Reunion(until=10.0)

    assert not reunion.ask(A, 1.0)
    assert reunion.ask(B, 2.0)


def test_asking_twice_is_asking_once():
    reunion = Reunion(until=10.0)

    assert not reunion.ask(A, 1.0)
    assert not reunion.ask(A, 2.0)


def test_who_asks_too_late_does_not_count():
    reunion = Reunion(until=10.0)
    reunion.ask(A, 10.0)

    assert not reunion.ask(B, 10.1)
    assert reunion.over(10.1)
    assert not reunion.over(10.0)
