"""Every ticket comes back as it was; nothing else is taken for one."""

import json

import pytest
from hypothesis import given

from matching.domain.ticket_text import UnreadableTicketError, read, write
from tests.unit.matching.people import any_ticket, ticket

PLAIN = json.loads(write(ticket(1)))
NAMELESS = {key: value for key, value in PLAIN.items() if key != "id"}


@given(any_ticket())
def test_every_ticket_comes_back_as_it_was(one):
    assert read(write(one)) == one


def test_a_text_is_one_line_whatever_people_name():
    text = write(ticket(1, likes=["line\nbreak", "日本"], attempt=3))

    assert b"\n" not in text
    assert read(text).attempt == 3


def test_scripts_find_what_they_need():
    needed = {"id", "owner", "attempt", "person", "mode", "since"}

    assert needed <= PLAIN.keys()


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff",
        b"[]",
        b"null",
        b"{}",
        json.dumps(PLAIN | {"v": 2}).encode(),
        json.dumps(PLAIN | {"mode": "smell"}).encode(),
        json.dumps(PLAIN | {"person": 7}).encode(),
        json.dumps(PLAIN | {"interests": [["go"]]}).encode(),
        json.dumps(
            {key: value for key, value in PLAIN.items() if key != "id"}
        ).encode(),
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(UnreadableTicketError):
        read(text)
