"""Keys of running conversations, and resume tokens."""

from datetime import timedelta

import pytest
from django.db import DatabaseError

from chat import keys
from chat.domain.resume_token import Place
from chat.keys import KeyRing, key_ring, seal_place, unseal_place
from common import clock
from common.ids import new_conversation_id, new_visitor_id
from tests.edge.chat.conftest import KID, SEAL_KEY, STAMP_KEY
from trust.domain.franking import Role
from trust.selectors import OpeningKey


@pytest.fixture
def read(monkeypatch):
    """What was read from the database; nothing is, really."""
    read = []
    now = clock.now()
    opening = OpeningKey(
        kid=KID,
        stamp_key=STAMP_KEY,
        seal_key=SEAL_KEY,
        opens_from=now - timedelta(hours=1),
        opens_until=now + timedelta(hours=1),
    )

    def stamp_key(kid, at):
        read.append(kid)
        if kid == 13:
            raise DatabaseError
        return b"\x01" * 32 if kid == 1 else None

    def opening_key(at):
        read.append("opening")
        return opening

    def in_this_thread(function):
        async def call(*args):
            return function(*args)

        return call

    monkeypatch.setattr(keys, "stamp_key", stamp_key)
    monkeypatch.setattr(keys, "opening_key", opening_key)
    monkeypatch.setattr(keys, "database_sync_to_async", in_this_thread)
    return read


async def test_the_key_of_a_running_conversation_is_read_once(read):
    ring = KeyRing()

    assert [await ring.stamp_key(1), await ring.stamp_key(1)] == [b"\x01" * 32] * 2
    assert read == [1]


async def test_a_key_that_opens_is_at_hand_already(read):
    ring = KeyRing()
    await ring.ready()
    await ring.ready()

    assert await ring.stamp_key(KID) == STAMP_KEY == ring.opening.stamp_key
    assert read == ["opening"]


async def test_a_key_that_stamps_no_more_is_none_and_asked_for_again(read):
    ring = KeyRing()

    assert [await ring.stamp_key(2), await ring.stamp_key(2)] == [None, None]
    assert read == [2, 2]


async def test_a_database_that_is_away_is_no_answer(read):
    ring = KeyRing()
    with pytest.raises(DatabaseError):
        await ring.stamp_key(13)
    with pytest.raises(LookupError):
        _ = ring.opening


@pytest.mark.django_db(transaction=True)
async def test_every_process_reads_the_same_key_from_the_database():
    first, other = key_ring(), KeyRing()
    await first.ready()
    kid = first.opening.kid

    assert await other.stamp_key(kid) == first.opening.stamp_key
    assert await other.stamp_key(kid + 1) is None


def test_a_resume_token_is_read_by_whoever_has_the_secret(settings):
    place = Place(
        conversation=new_conversation_id(), role=Role.B, visitor=new_visitor_id()
    )
    token = seal_place(place)

    assert unseal_place(token) == place
    assert seal_place(place) != token
    assert unseal_place(token[:-1] + bytes((token[-1] ^ 1,))) is None
    assert unseal_place(b"") is None
