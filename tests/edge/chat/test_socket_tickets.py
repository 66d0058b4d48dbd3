"""Tickets for sockets: once, soon, and not too many."""

from dataclasses import replace

import pytest

from chat.domain.policy import TICKET
from chat.socket_tickets import SocketTickets, TooBusyError
from common.errors import RateLimitedError
from tests.edge.chat.driver import claims


@pytest.fixture
def tickets():
    return SocketTickets()


def test_a_ticket_gives_back_what_it_was_made_for(tickets):
    who = claims()
    ticket = tickets.issue(who, now=0.0)

    assert tickets.redeem(ticket, now=30.0) == who


def test_a_ticket_is_used_up(tickets):
    ticket = tickets.issue(claims(), now=0.0)
    tickets.redeem(ticket, now=1.0)

    assert tickets.redeem(ticket, now=1.0) is None


def test_a_ticket_is_used_up_even_by_a_late_try(tickets):
    ticket = tickets.issue(claims(), now=0.0)

    assert tickets.redeem(ticket, now=30.1) is None
    assert tickets.redeem(ticket, now=1.0) is None


def test_tickets_are_unguessable_and_kept_as_digests(tickets):
    made = {tickets.issue(claims(), now=0.0) for _ in range(50)}

    assert len(made) == 50
    assert {len(ticket) for ticket in made} == {43}
    assert not {ticket.encode() for ticket in made} & set(tickets._issued)


def test_a_visitor_asks_at_a_pace(tickets):
    who = claims()
    for _ in range(10):
        tickets.issue(who, now=0.0)
    with pytest.raises(RateLimitedError) as refusal:
        tickets.issue(who, now=0.0)

    assert refusal.value.retry_after_seconds == 2.0
    assert tickets.issue(claims(), now=0.0)
    assert tickets.issue(who, now=2.0)


def test_what_is_over_is_forgotten(tickets):
    for _ in range(5):
        tickets.issue(claims(), now=0.0)
    tickets.issue(claims(), now=31.0)

    assert (len(tickets._issued), len(tickets._pace)) == (1, 1)


def test_too_many_unused_tickets_are_refused():
    tickets = SocketTickets(replace(TICKET, most=2))
    for _ in range(2):
        tickets.issue(claims(), now=0.0)
    with pytest.raises(TooBusyError):
        tickets.issue(claims(), now=0.0)

    assert tickets.issue(claims(), now=31.0)


def test_revoking_takes_ones_own_tickets_and_no_others(tickets):
    one, other = claims(), claims()
    mine = [tickets.issue(one, now=0.0) for _ in range(2)]
    theirs = tickets.issue(other, now=0.0)
    tickets.revoke(one.visitor_id)

    assert [tickets.redeem(each, now=1.0) for each in mine] == [None, None]
    assert tickets.redeem(theirs, now=1.0) == other
