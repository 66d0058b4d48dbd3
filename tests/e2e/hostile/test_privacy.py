"""What a partner never learns, and who never gets in."""

import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from tests.support.accounts import sign_up
from tests.support.meeting import introduce
from tests.support.server import Server
from tests.support.traces import byte_forms, text_forms
from tests.support.wire_loop import on_wire
from tests.wire_client.rest import ProblemError, Visitor
from tests.wire_client.stranger import Stranger

EMAIL = "ana.long@mail.example"


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
