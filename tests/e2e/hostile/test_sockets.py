"""Who may open a socket, how often, and what happens when one dies."""

import pytest

from tests.support.server import Server
from tests.support.wire_loop import on_wire
from tests.wire_client.rest import Ticket, Visitor
from tests.wire_client.socket import PROTOCOL, RefusedError, Socket, open_with
from tests.wire_client.stranger import Stranger


@on_wire
async def test_a_ticket_opens_one_socket_once(ana: Stranger) -> None:
    ticket = await ana.visitor.ticket()
    first = await open_with(ticket)
    await first.expect("hello")
    again = await open_with(ticket)

    assert await again.closed() == 4401
    assert again.frames == []
    await first.close()


@on_wire
async def test_an_invented_ticket_is_refused(ana: Stranger) -> None:
    ticket = await ana.visitor.ticket()
    invented = Ticket(
        value="A" * len(ticket.value), url=ticket.url, expires_in_seconds=1
    )
    socket = await open_with(invented)

    assert await socket.closed() == 4401


@on_wire
async def test_no_ticket_is_refused(ana: Stranger) -> None:
    ticket = await ana.visitor.ticket()
    socket = await Socket.open(ticket.url, protocols=[PROTOCOL])

    assert await socket.closed() == 4401


@on_wire
async def test_the_server_answers_the_protocol_alone(ana: Stranger) -> None:
    assert ana.socket.connection.subprotocol == PROTOCOL


@on_wire
async def test_a_cookies_ticket_needs_the_sites_own_origin(site: Server) -> None:
    visitor = await Visitor.browse(site.url)
    await visitor.state_age()
    for origin in ("http://evil.example", site.second_url, "null", None):
        with pytest.raises(RefusedError) as refusal:
            await open_with(await visitor.ticket(), origin=origin)
        assert refusal.value.status == 403
    socket = await open_with(await visitor.ticket(), origin=site.url)

    assert (await socket.expect("hello"))["modes"] == ["text", "voice", "video"]
    await socket.close()


@on_wire
async def test_an_apps_ticket_is_not_asked_for_an_origin(ana: Stranger) -> None:
    socket = await open_with(await ana.visitor.ticket(), origin="http://app.example")

    assert await socket.expect("hello")
    await socket.close()


@on_wire
async def test_a_third_socket_closes_the_one_heard_from_longest_ago(
    ana: Stranger,
) -> None:
    second = Stranger(ana.visitor)
    await second.connect()
    await ana.settled()
    third = Stranger(ana.visitor)
    await third.connect()

    assert await second.socket.closed() == 4409
    await ana.settled()
    await third.settled()
    await third.go()


@on_wire
async def test_a_socket_killed_in_a_conversation_is_awaited(
    pair: tuple[Stranger, Stranger],
) -> None:
    ana, bo = pair
    await ana.socket.kill()

    away = await bo.socket.expect("partner.away", within=2)
    assert away["grace_seconds"] == 60


@on_wire
async def test_nobody_takes_another_visitors_place(
    pair: tuple[Stranger, Stranger], site: Server
) -> None:
    ana, bo = pair
    assert ana.conversation is not None
    thief = await Stranger.arrive(site.url)
    await thief.socket.send(
        {
            "type": "resume",
            "conversation": ana.conversation.name,
            "resume_token": ana.conversation.matched["resume_token"],
            "received": 0,
        }
    )

    assert (await thief.socket.expect("conversation.ended"))["reason"] == "expired"
    await ana.say("still here")
    assert (await bo.hear()).text == "still here"
    await thief.go()


@on_wire
async def test_erasing_oneself_ends_the_conversation_and_closes_the_socket(
    pair: tuple[Stranger, Stranger],
) -> None:
    ana, bo = pair
    await ana.visitor.call("DELETE", "visitors/me")
    ended = await bo.ended()
    await ana.socket.closed()

    assert ended["reason"] in {"partner_left", "partner_lost"}
