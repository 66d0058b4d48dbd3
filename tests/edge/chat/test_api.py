"""REST: tickets for sockets, admission, status."""

import json

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import OperationalError
from django.test import Client

from chat.domain.resume_token import Place
from chat.keys import seal_place
from chat.socket_tickets import socket_tickets
from common import clock
from common.encoding import b64u_encode
from common.ids import new_conversation_id, new_visitor_id
from common.vocabulary import Mode
from identity import authentication
from identity.tokens import visitor_of_token
from matching.stores import ticket_store
from tests.edge.chat.conftest import matched
from tests.edge.chat.driver import Stranger, claims
from tests.edge.identity.people import App
from tests.edge.matching.pairs import measured
from trust.domain.franking import Role

ADULT = {"birth_date": "1990-05-04"}
pytestmark = pytest.mark.django_db(transaction=True)


def an_app(birth_date="1990-05-04"):
    app = App(App().call("POST", "visitors").json()["token"])
    if birth_date:
        app.call("POST", "visitors/me/age", {"birth_date": birth_date})
    return app


def a_browser():
    """Open a page, take its cookies, and state an age."""
    client = Client(enforce_csrf_checks=True)
    client.get("/age/?mode=text")
    headers = {"X-CSRFToken": client.cookies["csrftoken"].value}
    client.post(
        "/api/v1/visitors/me/age",
        json.dumps(ADULT),
        content_type="application/json",
        headers=headers,
    )
    return client, headers


def redeemed(ticket):
    return async_to_sync(socket_tickets().redeem)(ticket, now=clock.monotonic())


def test_an_adult_gets_a_ticket():
    response = an_app().call("POST", "realtime/tickets", {})
    body = response.json()

    assert response.status_code == 201
    assert set(body) == {"ticket", "url", "expires_in_seconds"}
    assert (body["url"], body["expires_in_seconds"]) == ("ws://testserver/ws/v1/", 30)
    assert redeemed(body["ticket"]).modes == tuple(Mode)


def test_without_a_body_it_is_the_same():
    assert an_app().call("POST", "realtime/tickets").status_code == 201


def test_over_https_the_socket_is_encrypted_too(settings):
    settings.SECURE_SSL_REDIRECT = False
    app = an_app()
    response = app.client.generic(
        "POST", "/api/v1/realtime/tickets", headers=app.headers, secure=True
    )

    assert response.json()["url"] == "wss://testserver/ws/v1/"


def test_the_ticket_knows_how_it_was_asked_for():
    by_token = an_app().call("POST", "realtime/tickets").json()["ticket"]
    client, headers = a_browser()
    by_cookie = client.post("/api/v1/realtime/tickets", headers=headers).json()

    assert redeemed(by_token).from_browser is False
    assert redeemed(by_cookie["ticket"]).from_browser is True


def test_a_cookie_alone_is_not_enough():
    client, _ = a_browser()
    response = client.post("/api/v1/realtime/tickets")

    assert (response.status_code, response.json()["code"]) == (403, "csrf_failed")


def test_two_windows_of_one_browser_are_one_visitor():
    client, headers = a_browser()
    made = [
        redeemed(
            client.post("/api/v1/realtime/tickets", headers=headers).json()["ticket"]
        )
        for _ in range(2)
    ]

    assert made[0] == made[1]


@pytest.mark.parametrize("birth_date", [None, "2015-01-01"])
def test_without_an_adults_age_there_is_no_ticket(birth_date):
    response = an_app(birth_date).call("POST", "realtime/tickets")

    assert (response.status_code, response.json()["code"]) == (403, "age_required")


def test_nobody_gets_no_ticket():
    response = App().call("POST", "realtime/tickets")

    assert (response.status_code, response.json()["code"]) == (401, "visitor_required")


def test_a_resume_token_may_come_and_nothing_else():
    app = an_app()
    fine = app.call("POST", "realtime/tickets", {"resume_token": "AAAA"})
    strange = app.call("POST", "realtime/tickets", {"visitor": "someone"})
    wrong = app.call("POST", "realtime/tickets", {"resume_token": ["AAAA"]})

    assert fine.status_code == 201
    assert (strange.status_code, strange.json()["code"]) == (400, "unknown_field")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid")


def test_tickets_have_a_pace():
    app = an_app()
    for _ in range(10):
        app.call("POST", "realtime/tickets")
    response = app.call("POST", "realtime/tickets")

    assert (response.status_code, response.json()["code"]) == (429, "rate_limited")
    assert int(response["Retry-After"]) in {1, 2}


def resume_token(visitor):
    place = Place(conversation=new_conversation_id(), role=Role.A, visitor=visitor)
    return b64u_encode(seal_place(place))


def visitor_of(app):
    return visitor_of_token(app.headers["X-Session-Token"])


@pytest.fixture
def database_away(monkeypatch):
    """From the call on, nobody can be read from the database."""

    def away(*_args):
        raise OperationalError("gone")

    def begin():
        for name in ("visitor_snapshot", "visitor_of_token"):
            monkeypatch.setattr(authentication, name, away)

    return begin


def test_who_resumes_is_not_held_to_the_pace_of_newcomers():
    app = an_app()
    own = {"resume_token": resume_token(visitor_of(app))}
    for _ in range(10):
        app.call("POST", "realtime/tickets")

    statuses = {
        app.call("POST", "realtime/tickets", own).status_code for _ in range(20)
    }
    assert statuses == {201}
    assert app.call("POST", "realtime/tickets").status_code == 429


def test_somebody_elses_place_is_none():
    app = an_app()
    theirs = {"resume_token": resume_token(new_visitor_id())}
    for _ in range(10):
        app.call("POST", "realtime/tickets", theirs)

    assert app.call("POST", "realtime/tickets", theirs).status_code == 429


def test_a_place_does_not_replace_an_age():
    app = an_app("2015-01-01")
    own = {"resume_token": resume_token(visitor_of(app))}

    assert app.call("POST", "realtime/tickets", own).json()["code"] == "age_required"


def test_an_app_may_resume_without_the_database(database_away):
    app = an_app()
    visitor = visitor_of(app)
    app.call("POST", "realtime/tickets")
    database_away()
    response = app.call(
        "POST", "realtime/tickets", {"resume_token": resume_token(visitor)}
    )
    claims = redeemed(response.json()["ticket"])

    assert (claims.visitor_id, claims.known, claims.modes) == (visitor, False, ())
    assert claims.from_browser is False


def test_a_browser_may_resume_without_the_database(database_away):
    client, headers = a_browser()
    made = client.post("/api/v1/realtime/tickets", headers=headers).json()
    visitor = redeemed(made["ticket"]).visitor_id
    database_away()
    response = client.post(
        "/api/v1/realtime/tickets",
        json.dumps({"resume_token": resume_token(visitor)}),
        content_type="application/json",
        headers=headers,
    )
    claims = redeemed(response.json()["ticket"])

    assert (claims.visitor_id, claims.known) == (visitor, False)
    assert claims.from_browser is True


@pytest.mark.parametrize("token", [None, "AAAA", "not base64!"])
def test_nobody_else_gets_in_without_the_database(database_away, token):
    app = an_app()
    app.call("POST", "realtime/tickets")
    database_away()
    response = app.call(
        "POST", "realtime/tickets", {"resume_token": token} if token else {}
    )

    assert (response.status_code, response.json()["code"]) == (503, "unavailable")
    assert response["Retry-After"] == "1"


def test_a_token_that_was_never_seen_is_nobodys_without_the_database(database_away):
    app = an_app()
    own = {"resume_token": resume_token(visitor_of(app))}
    database_away()

    assert app.call("POST", "realtime/tickets", own).status_code == 503


def test_an_erased_visitors_token_is_remembered_no_more(database_away):
    app = an_app()
    own = {"resume_token": resume_token(visitor_of(app))}
    app.call("POST", "realtime/tickets")
    app.call("DELETE", "visitors/me")
    database_away()

    assert app.call("POST", "realtime/tickets", own).status_code == 503


def test_without_calls_only_text_is_named(settings):
    settings.CALLS_WITHOUT_RELAY = False
    ticket = an_app().call("POST", "realtime/tickets").json()["ticket"]

    assert redeemed(ticket).modes == (Mode.TEXT,)


def test_no_work_is_asked_for():
    assert App().call("GET", "admission/challenge").json() == {"required": False}


def test_work_that_is_handed_in_anyway_is_enough():
    response = an_app().call("POST", "admission", {"payload": "eyJhIjoxfQ"})

    assert response.status_code == 200
    assert response.json()["admitted_until"].endswith("Z")


@pytest.mark.parametrize("body", [{}, {"payload": ""}, {"payload": "x" * 8193}])
def test_an_admission_without_work_is_refused(body):
    response = an_app().call("POST", "admission", body)

    assert (response.status_code, response.json()["code"]) == (400, "invalid")


def test_the_status_of_an_empty_house():
    nobody = {"text": 0, "voice": 0, "video": 0}

    assert App().call("GET", "status").json() == {
        "online": 0,
        "waiting": nobody,
        "conversations": 0,
        "expected_seconds": dict.fromkeys(nobody),
    }


async def test_the_status_counts_sockets_and_conversations():
    people = [await Stranger(claims()).open() for _ in range(3)]
    ana, bo, cy = people
    await matched(ana, bo)
    cy.join("voice")
    await cy.expect("queue.waiting")
    status = (await sync_to_async(App().call)("GET", "status")).json()

    assert (status["online"], status["conversations"]) == (3, 1)
    assert status["waiting"] == {"text": 0, "voice": 1, "video": 0}
    for each in people:
        await each.end()


async def test_the_status_tells_of_measured_waits():
    await measured(ticket_store(), *[0.26] * 20, at=clock.unix())
    status = (await sync_to_async(App().call)("GET", "status")).json()

    assert status["expected_seconds"] == {
        "text": {"p50": 0.3, "p90": 0.3},
        "voice": None,
        "video": None,
    }


async def test_a_way_in_from_the_first_call_to_the_first_match():
    apps = [await sync_to_async(an_app)() for _ in range(2)]
    tickets = [
        (await sync_to_async(app.call)("POST", "realtime/tickets")).json()["ticket"]
        for app in apps
    ]
    ana, bo = [await Stranger(ticket=ticket).open() for ticket in tickets]
    await matched(ana, bo)

    assert ana.conversation == bo.conversation
    await sync_to_async(apps[0].call)("DELETE", "visitors/me")
    assert (await bo.expect("conversation.ended"))["reason"] == "partner_left"
    assert await ana.closed() == 4401
    for each in (ana, bo):
        await each.end()
