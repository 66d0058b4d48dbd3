"""Sign-up, sign-in and sign-out through allauth itself."""

from uuid import UUID

import pytest
from django.core import mail
from django.test import Client

from common.ids import VisitorId
from identity import services
from identity.cookie import COOKIE_NAME
from identity.models import Account, Visitor
from identity.selectors import visitor_snapshot
from tests.edge.identity.people import (
    mailed_code,
    sign_in,
    totp_code,
    totp_for,
)

pytestmark = pytest.mark.django_db


def visitor_in(client):
    return client.cookies[COOKIE_NAME].value[:36]


def is_signed_in(client):
    return "_auth_user_id" in client.session


class TestSignUp:
    def test_an_address_and_a_mailed_code_make_an_account(self, client):
        asked = client.post("/account/signup/", {"email": "New@example.org"})
        response = client.post(asked["Location"], {"code": mailed_code()})

        assert response["Location"] == "/account/you/"
        account = Account.objects.get()
        assert account.email == "new@example.org"
        assert not account.has_usable_password()
        assert is_signed_in(client)
        assert Visitor.objects.get().account == account

    def test_an_address_that_is_taken_is_not_told(self, client, ana):
        asked = client.post("/account/signup/", {"email": "ana@example.org"})

        assert asked.status_code == 302
        assert Account.objects.get() == ana
        assert mail.outbox[-1].to == ["ana@example.org"]


class TestSignIn:
    def test_a_mailed_code_signs_in_and_claims_the_visitor(self, client, ana):
        client.get("/age/")
        visitor_id = visitor_in(client)
        client.post("/age/", {"birth_date": "1990-05-04"})
        response = sign_in(client, "ana@example.org")

        assert response["Location"] == "/account/you/"
        assert mail.outbox[-1].subject.startswith("StrangerSpace: ")
        assert is_signed_in(client)
        assert visitor_in(client) == visitor_id
        visitor = Visitor.objects.get()
        assert (str(visitor.pk), visitor.account) == (visitor_id, ana)
        assert visitor_snapshot(visitor.visitor_id).adult is True

    def test_a_wrong_code_does_not(self, client, ana):
        asked = client.post("/account/login/", {"login": "ana@example.org"})
        answers = [
            client.post(asked["Location"], {"code": "AAAA-AAAA"}) for _ in range(4)
        ]

        assert not is_signed_in(client)
        assert not Visitor.objects.exists()
        # After three tries the code is dead, the right one included.
        assert answers[-1].status_code == 302
        client.post(asked["Location"], {"code": mailed_code()})
        assert not is_signed_in(client)

    def test_an_unknown_address_looks_the_same(self, client):
        asked = client.post("/account/login/", {"login": "nobody@example.org"})

        assert asked["Location"] == "/account/login/code/confirm/"
        assert "code" not in mail.outbox[-1].body.lower().split("sign-in")

    def test_with_totp_both_codes_are_needed(self, client, ana):
        totp_for(ana)
        halfway = sign_in(client, "ana@example.org")
        assert halfway["Location"].startswith("/account/2fa/authenticate/")
        assert not is_signed_in(client)
        assert not Visitor.objects.exists()

        response = client.post(halfway["Location"], {"code": totp_code()})
        assert response["Location"] == "/account/you/"
        assert Visitor.objects.get().account == ana

    def test_a_page_asked_for_comes_next(self, client, ana):
        response = sign_in(client, "ana@example.org", next_page="/erase/")

        assert response["Location"] == "/erase/"

    def test_a_visitor_that_was_never_stored_is_claimed_with_a_row(self, client, ana):
        client.get("/age/")
        assert not Visitor.objects.exists()
        sign_in(client, "ana@example.org")

        assert str(Visitor.objects.get().pk) == visitor_in(client)

    def test_another_accounts_visitor_is_left_alone(self, client, ana, moderator):
        client.get("/age/")
        first = visitor_in(client)
        services.visitor_claim(VisitorId(UUID(first)), account=ana)
        sign_in(client, "mo@example.org")

        assert visitor_in(client) != first
        assert {str(each.pk): each.account for each in Visitor.objects.all()} == {
            first: ana,
            visitor_in(client): moderator,
        }


def test_signing_out_leaves_the_accounts_visitor_behind(client, ana):
    """Whoever sits there next must not wear Ana's badges."""
    sign_in(client, "ana@example.org")
    hers = visitor_in(client)
    client.post("/account/logout/")

    assert not is_signed_in(client)
    assert visitor_in(client) != hers
    assert str(Visitor.objects.get().pk) == hers


class TestLimits:
    def test_asking_for_codes_is_limited_per_address(self, ana):
        answers = [
            Client().post("/account/login/", {"login": "ana@example.org"})
            for _ in range(5)
        ]

        assert len(mail.outbox) == 3
        assert answers[-1].status_code == 200
        assert answers[-1].context["form"].errors

    def test_forwarding_headers_buy_no_further_tries(self, client):
        """The limit counts the peer's own address, whatever it claims."""
        for number in range(40):
            response = client.post(
                "/account/login/",
                {"login": f"person{number}@example.org"},
                headers={
                    "X-Forwarded-For": f"10.0.0.{number}",
                    "Forwarded": f"for=10.0.0.{number}",
                    "X-Real-IP": f"10.0.0.{number}",
                },
            )

        assert response.status_code == 429

    def test_without_a_peers_address_nothing_is_tried(self, client):
        response = client.post(
            "/account/login/", {"login": "ana@example.org"}, REMOTE_ADDR=""
        )

        assert response.status_code == 403
        assert mail.outbox == []
