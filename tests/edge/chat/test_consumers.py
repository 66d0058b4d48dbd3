"""Opening a socket: tickets, origins, the greeting."""

from dataclasses import replace

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from chat.connections import registry
from chat.socket_tickets import socket_tickets
from common import clock
from common.vocabulary import Mode
from tests.edge.chat.driver import Socket, Stranger, claims, ticket_for

OWN = (b"origin", b"http://localhost:8000")


async def test_a_socket_is_greeted(people):
    ana = await people()
    hello = await ana.expect("hello")

    assert ana.accepted == "ss.v1"
    assert hello["modes"] == ["text", "voice", "video"]
    assert hello["limits"] == {
        "unacked": 32,
        "burst": 8,
        "per_second": 2,
        "interests": 10,
        "resume_window_seconds": 60,
        "frame_bytes": 65_536,
    }
    assert hello["server_time"].endswith("Z")
    assert (hello["build"], hello["features"]) == ("development", [])


async def test_a_ticket_opens_one_socket_once(people):
    ticket = ticket_for(claims())
    first = await people(ticket=ticket)
    second = await people(ticket=ticket)

    assert (await first.expect("hello"))["type"] == "hello"
    assert await second.closed() == 4401
    assert second.frames == []


@pytest.mark.parametrize(
    ("subprotocols", "accepted", "code"),
    [
        ([], "", 4400),
        (["ss.v2"], "", 4400),
        (["ss.v1"], "ss.v1", 4401),
        (["ss.v1", "ss.ticket."], "ss.v1", 4401),
        (["ss.v1", "ss.ticket.unknown"], "ss.v1", 4401),
        (["ss.v1", "ss.ticket.\udcff"], "ss.v1", 4401),
        (["ss.v1", "ss.ticket.a", "ss.ticket.b"], "ss.v1", 4401),
    ],
)
async def test_who_has_no_ticket_is_told_after_accepting(subprotocols, accepted, code):
    socket = await Socket(subprotocols=subprotocols).open()

    assert await socket.closed() == code
    assert (socket.accepted, socket.frames) == (accepted, [])
    await socket.end()


async def test_while_the_tickets_cannot_be_read_a_client_is_told_to_wait(
    people, monkeypatch
):
    async def away(*_args, **_options):
        raise RedisConnectionError

    ticket = ticket_for(claims())
    with monkeypatch.context() as patched:
        patched.setattr(socket_tickets(), "redeem", away)
        turned_away = await people(ticket=ticket)

    assert await turned_away.closed() == 1013
    assert await (await people(ticket=ticket)).expect("hello")


async def test_who_could_not_be_read_may_resume_and_not_join(people):
    ana = await people(replace(claims(modes=()), known=False))
    ana.join("text")

    assert (await ana.expect("hello"))["modes"] == []
    assert (await ana.expect("error"))["code"] == "overloaded"


async def test_an_old_ticket_opens_nothing(people):
    ticket = socket_tickets().issue(claims(), now=clock.monotonic() - 31)
    late = await people(ticket=ticket)

    assert await late.closed() == 4401


async def test_a_cookies_ticket_opens_a_socket_of_our_own_page(people):
    ana = await people(claims(from_browser=True), headers=[OWN])

    assert await ana.expect("hello")


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(b"origin", b"null")],
        [(b"origin", b"http://evil.example")],
        [(b"origin", b"http://127.0.0.1:8000")],
        [(b"origin", b"http://localhost")],
        [OWN, OWN],
    ],
)
async def test_a_cookies_ticket_is_refused_to_any_other_page(headers):
    stranger = Stranger(claims(from_browser=True), headers=headers)
    await stranger.open()

    assert stranger.refused
    assert stranger.accepted is None
    await stranger.end()


async def test_a_refused_page_has_used_the_ticket_up(people):
    ticket = ticket_for(claims(from_browser=True))
    evil = await Stranger(ticket=ticket).open()
    own = await people(ticket=ticket, headers=[OWN])

    assert evil.refused
    assert await own.closed() == 4401
    await evil.end()


async def test_an_apps_ticket_needs_no_origin(people):
    app = await people(headers=[(b"origin", b"http://app.example")])

    assert await app.expect("hello")


async def test_only_the_modes_of_the_ticket_are_named(people):
    ana = await people(claims(modes=(Mode.TEXT,)))

    assert (await ana.expect("hello"))["modes"] == ["text"]


async def test_a_third_socket_closes_the_one_heard_from_longest_ago(people):
    who = claims()
    first, second = await people(who), await people(who)
    await second.settle()
    await first.settle()
    third = await people(who)

    assert await second.closed() == 4409
    await first.settle()
    await third.settle()
    assert registry().online == 1


async def test_online_counts_visitors_not_sockets(people):
    who = claims()
    ana, also_ana, bo = await people(who), await people(who), await people()

    assert registry().online == 2
    await also_ana.end()
    await bo.end()
    assert registry().online == 1
    await ana.end()
    assert registry().online == 0


async def test_a_socket_whose_server_goes_away_leaves_nothing_behind(people):
    ana = await people()
    ana._app.cancel()
    await ana.end()

    assert registry().online == 0
