"""A house of its own for every test, and people to fill it."""

import asyncio
from datetime import timedelta

import pytest

from chat.connections import Connection, registry
from chat.conversation_stores import conversation_store
from chat.home_answers import home_answers
from chat.invitations import invitations
from chat.keys import key_ring
from chat.live import conversations
from chat.load import loop_lag
from chat.lobby import lobby
from chat.membership import membership
from chat.record_keeper import unwritten_ends
from chat.relay import relay
from chat.reunions import reunions
from chat.socket_tickets import socket_tickets
from chat.standing import standing
from chat.worker_directory import workers
from common import clock
from matching.stores import ticket_store
from tests.edge.chat.driver import Stranger
from trust.selectors import OpeningKey, opening_key_forget

OF_THE_PROCESS = (
    registry,
    key_ring,
    lobby,
    conversations,
    conversation_store,
    invitations,
    loop_lag,
    membership,
    relay,
    home_answers,
    reunions,
    standing,
    unwritten_ends,
    workers,
    socket_tickets,
    ticket_store,
)
STAMP_KEY, SEAL_KEY, KID = b"\x53" * 32, b"\x5e" * 32, 258


@pytest.fixture(autouse=True)
def house():
    """Nobody is here yet, and at the end nobody is left behind.

    A conversation may be: its two sides have a while to come back.
    """
    for make in OF_THE_PROCESS:
        make.cache_clear()
    opening_key_forget()
    yield
    running = tuple(conversations().values())
    talking = sum(
        isinstance(each, Connection) for live in running for each in live.endpoints
    )
    left = (registry().online, talking, len(lobby()._waiting))
    for live in running:
        live.drop()
    for make in OF_THE_PROCESS:
        make.cache_clear()
    assert left == (0, 0, 0)


@pytest.fixture
def key():
    """The key of the day is at hand, so that no socket needs the database."""
    now = clock.now()
    key_ring()._key = OpeningKey(
        kid=KID,
        stamp_key=STAMP_KEY,
        seal_key=SEAL_KEY,
        opens_from=now - timedelta(hours=1),
        opens_until=now + timedelta(hours=1),
    )
    return key_ring()._key


@pytest.fixture
async def people(key):
    """Makes strangers with open sockets, and sees them off."""
    here = []

    async def arrive(*args, **kwargs):
        stranger = Stranger(*args, **kwargs)
        here.append(stranger)
        return await stranger.open()

    yield arrive
    for stranger in here:
        await stranger.end()
    await asyncio.sleep(0.01)


@pytest.fixture
async def pair(people):
    """Two who were matched and have not yet shaken hands."""
    ana, bo = await people(), await people()
    return await matched(ana, bo)


@pytest.fixture
async def talking(pair):
    """Two whose handshake is done."""
    await asyncio.gather(*(each.shake_hands() for each in pair))
    return pair


async def matched(ana, bo, mode="text"):
    for each in (ana, bo):
        each.join(mode, strictness="open")
    await asyncio.gather(ana.match(), bo.match())
    return ana, bo
