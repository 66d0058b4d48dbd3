"""Who may open a socket, how often, and what happens when one dies."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from tests.e2e.conftest import Arrive
from tests.support.accounts import sign_up
from tests.support.meeting import introduce, wish
from tests.support.server import Server
from tests.support.traces import byte_forms, text_forms
from tests.support.wire_loop import on_wire
from tests.wire_client.rest import ProblemError, Ticket, Visitor
from tests.wire_client.socket import PROTOCOL, RefusedError, Socket, open_with
from tests.wire_client.stranger import Stranger

EMAIL = "ana.long@mail.example"


@pytest.fixture
def ana(arrive: Arrive) -> Stranger:
    return arrive()


@pytest.fixture
def bo(arrive: Arrive) -> Stranger:
    return arrive()


@pytest.fixture
def cy(arrive: Arrive) -> Stranger:
    return arrive()


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
async def test_a_killed_socket_is_never_matched(
    ana: Stranger, bo: Stranger, cy: Stranger, topic: str
) -> None:
    await ana.join(**wish(topic))
    await ana.settled()
    await ana.socket.kill()
    await asyncio.sleep(0.3)
    await bo.join(**wish(topic))
    await bo.settled()
    assert bo.conversation is None
    await cy.join(**wish(topic))
    met = await bo.matched(), await cy.matched()

    assert met[0].name == met[1].name


@on_wire
async def test_a_socket_killed_in_a_conversation_ends_it_at_once(
    pair: tuple[Stranger, Stranger],
) -> None:
    ana, bo = pair
    await ana.socket.kill()

    assert (await bo.ended(within=2))["reason"] == "partner_lost"


@on_wire
async def test_a_conversation_of_a_lost_socket_cannot_be_resumed(
    pair: tuple[Stranger, Stranger],
) -> None:
    ana, bo = pair
    assert ana.conversation is not None
    token = ana.conversation.matched["resume_token"]
    await ana.socket.kill()
    await bo.ended(within=2)
    ticket = await ana.visitor.call("POST", "realtime/tickets", {"resume_token": token})
    back = await open_with(
        Ticket(value=ticket["ticket"], url=ticket["url"], expires_in_seconds=30)
    )
    await back.send(
        {
            "type": "resume",
            "conversation": ana.conversation.name,
            "resume_token": token,
            "received": 0,
        }
    )

    assert (await back.expect("conversation.ended"))["reason"] == "expired"
    await back.close()


@on_wire
async def test_a_second_join_replaces_the_first(
    ana: Stranger, bo: Stranger, cy: Stranger, topic: str
) -> None:
    await ana.join(**wish(f"no {topic}"[:32]))
    await ana.join(**wish(topic))
    await bo.join(**wish(f"no {topic}"[:32]))
    await cy.join(**wish(topic))
    met = await ana.matched(), await cy.matched()
    await bo.settled()

    assert met[0].name == met[1].name
    assert bo.conversation is None
    assert sum(f["type"] == "conversation.matched" for f in ana.socket.frames) == 1


@on_wire
async def test_who_left_the_queue_is_not_matched(
    ana: Stranger, bo: Stranger, topic: str
) -> None:
    await ana.join(**wish(topic))
    await ana.leave_queue()
    await bo.join(**wish(topic))
    await bo.settled()
    await ana.settled()

    assert (ana.conversation, bo.conversation) == (None, None)


@on_wire
async def test_two_sockets_of_one_visitor_never_meet_each_other(
    ana: Stranger, bo: Stranger, topic: str
) -> None:
    second = Stranger(ana.visitor)
    await second.connect()
    await ana.join(**wish(topic))
    await second.join(**wish(topic))
    await asyncio.sleep(1.5)
    assert (ana.conversation, second.conversation) == (None, None)
    await bo.join(**wish(topic))
    talk = await bo.matched()
    await ana.settled()
    await second.settled()
    names = {one.conversation.name for one in (ana, second) if one.conversation}

    assert names == {talk.name}
    await second.go()


@on_wire
async def test_partners_who_just_met_do_not_meet_again(
    pair: tuple[Stranger, Stranger], topic: str
) -> None:
    ana, bo = pair
    await ana.leave("next")
    await bo.ended()
    for one in (ana, bo):
        await one.join(**wish(topic))
        await one.settled()
    await asyncio.sleep(1)

    for one in (ana, bo):
        assert sum(f["type"] == "conversation.matched" for f in one.socket.frames) == 1


@on_wire
async def test_partners_who_both_ask_meet_again_at_once(
    pair: tuple[Stranger, Stranger],
) -> None:
    ana, bo = pair
    assert ana.conversation is not None
    first = ana.conversation.name
    await ana.leave("next")
    await bo.ended()
    for one in (ana, bo):
        await one.socket.send({"type": "conversation.again", "conversation": first})
    talks = await ana.matched(), await bo.matched()
    await asyncio.gather(ana.secure(), bo.secure())
    await ana.say("you again")

    assert talks[0].name == talks[1].name != first
    assert (await bo.hear()).text == "you again"


@on_wire
async def test_a_partner_learns_no_id_no_address_and_no_email(
    site: Server, bo: Stranger, topic: str
) -> None:
    visitor = await Visitor.browse(site.url)
    await visitor.state_age()
    await sign_up(visitor, EMAIL, log=site.log_text)
    ana = Stranger(visitor)
    await ana.connect(origin=site.url)
    await introduce(ana, bo, topic)
    await ana.typing(active=True)
    await ana.say("who am I?")
    await bo.hear()
    await ana.leave("next", farewell="good_chat")
    await bo.ended()
    await ana.go()
    received = "".join(map(str, bo.socket.frames)).encode() + b"".join(bo.socket.binary)
    names = identities(site.data_dir) | {"address": {b"127.0.0.1"}}

    assert EMAIL in names
    assert {
        name for name, forms in names.items() if any(f in received for f in forms)
    } == set()


def identities(data_dir: Path) -> dict[str, set[bytes]]:
    """Read every id and e-mail of the site's database, in every form."""
    with closing(sqlite3.connect(data_dir / "strangerspace.sqlite3")) as database:
        visitors = database.execute("SELECT id FROM identity_visitor").fetchall()
        accounts = database.execute("SELECT id, email FROM identity_account").fetchall()
    ids = [UUID(str(row[0])) for row in visitors + accounts]
    named = {str(one): text_forms(str(one)) | byte_forms(one.bytes) for one in ids}
    return named | {email: text_forms(email) for _, email in accounts}


@on_wire
async def test_someone_too_young_stays_out(site: Server) -> None:
    young = await Visitor.begin(site.url)
    for birth_date in ("2015-01-01", "1990-01-01"):
        with pytest.raises(ProblemError) as refusal:
            await young.state_age(birth_date)
        assert (refusal.value.status, refusal.value.code) == (403, "age_floor")
    with pytest.raises(ProblemError) as refusal:
        await young.ticket()

    assert refusal.value.status == 403


@on_wire
async def test_no_age_no_ticket(site: Server) -> None:
    visitor = await Visitor.begin(site.url)
    with pytest.raises(ProblemError) as refusal:
        await visitor.ticket()

    assert (refusal.value.status, refusal.value.code) == (403, "age_required")


@on_wire
async def test_erasing_oneself_ends_the_conversation_and_closes_the_socket(
    pair: tuple[Stranger, Stranger],
) -> None:
    ana, bo = pair
    await ana.visitor.call("DELETE", "visitors/me")
    ended = await bo.ended()
    await ana.socket.closed()

    assert ended["reason"] in {"partner_left", "partner_lost"}
