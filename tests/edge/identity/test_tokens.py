from datetime import timedelta

import pytest

from common import clock
from common.ids import new_visitor_id
from identity import services
from identity.models import Session
from identity.sessions import SessionStore
from identity.tokens import token_issue, visitor_of_token

pytestmark = pytest.mark.django_db


def test_a_token_names_its_visitor():
    visitor_id = new_visitor_id()
    token = token_issue(visitor_id)

    assert visitor_of_token(token) == visitor_id
    assert Session.objects.get(pk=token).visitor_id == visitor_id


@pytest.mark.parametrize(
    "token",
    ["", "x", "a" * 32, "A" * 32, "a" * 33, "\x00" * 32, "é" * 32, "a" * 31 + "\n"],
)
def test_what_is_no_token_names_nobody(token):
    assert visitor_of_token(token) is None


def test_a_browsers_sign_in_session_is_no_token(client, ana):
    client.force_login(ana)

    assert visitor_of_token(client.session.session_key) is None
    assert Session.objects.get().account_id == ana.pk


def test_a_token_lasts_as_long_as_a_cookie():
    session = Session.objects.get(pk=token_issue(new_visitor_id()))

    left = session.expire_date - clock.now()
    assert timedelta(days=399) < left <= timedelta(days=400)


def test_expired_tokens_are_worth_nothing_and_are_purged():
    token, kept = token_issue(new_visitor_id()), token_issue(new_visitor_id())
    past = clock.now() - timedelta(seconds=1)
    Session.objects.filter(pk=token).update(expire_date=past)

    assert visitor_of_token(token) is None
    services.expired_sessions_delete()
    assert list(Session.objects.values_list("pk", flat=True)) == [kept]


def test_a_stored_session_knows_its_own_engine(ana):
    session = Session.objects.get(pk=token_issue(new_visitor_id()))

    assert Session.get_session_store_class() is SessionStore
    assert "visitor_id" in session.get_decoded()
