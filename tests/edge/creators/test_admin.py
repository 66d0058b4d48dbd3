from datetime import timedelta

import pytest

from common import clock
from creators.models import Badge
from creators.selectors import badges_of
from tests.edge.identity.people import account_of
from tests.edge.staff import moderator_at

pytestmark = pytest.mark.django_db
LIST = "/admin/creators/badge/"


@pytest.fixture
def moderator(client):
    return moderator_at(client)


@pytest.fixture
def ana():
    return account_of("ana@example.org")


@pytest.fixture
def grant(client, moderator, ana):
    def fill_in(days=30):
        until = clock.now() + timedelta(days=days)
        return client.post(
            f"{LIST}add/",
            {
                "account": str(ana.pk),
                "kind": "crown",
                "expires_at_0": f"{until:%Y-%m-%d}",
                "expires_at_1": f"{until:%H:%M:%S}",
                "reason": "Verified the channel.",
            },
        )

    return fill_in


def test_staff_grant_a_crown(grant, ana, moderator):
    assert grant().status_code == 302

    badge = Badge.objects.get()
    assert (badge.granted_by, badge.reason) == (moderator, "Verified the channel.")
    assert badges_of(ana.pk) == ("crown",)


def test_the_form_offers_a_year(client, moderator):
    year = clock.now() + timedelta(days=365)

    assert f"{year:%Y-%m-%d}" in client.get(f"{LIST}add/").content.decode()


def test_a_second_crown_is_refused_in_words(grant):
    grant()
    second = grant()

    assert b"wears such a badge already" in second.content
    assert Badge.objects.count() == 1


def test_a_crown_that_is_over_already_is_refused_in_words(grant):
    assert b"This is in the past" in grant(days=-1).content
    assert not Badge.objects.exists()


def test_staff_revoke_a_crown_and_its_history_says_so(client, grant, ana):
    grant()
    badge = Badge.objects.get()
    revoke = {"action": "revoke", "_selected_action": [badge.pk]}
    first, second = (client.post(LIST, revoke, follow=True) for _ in range(2))

    assert b"1 revoked." in first.content
    assert b"0 revoked." in second.content
    assert badges_of(ana.pk) == ()
    assert b"Revoked." in client.get(f"{LIST}{badge.pk}/history/").content


def test_the_list_says_what_each_is_worth(client, grant):
    grant()

    assert b"worn" in client.get(LIST).content


def test_a_badge_is_looked_at_and_never_edited(client, grant):
    grant()
    badge = Badge.objects.get()
    page = f"{LIST}{badge.pk}/change/"

    assert b"mo@example.org" in client.get(page).content
    assert client.post(page, {"reason": "another"}).status_code == 403
    assert client.get(f"{LIST}{badge.pk}/delete/").status_code == 403


def test_who_is_not_staff_grants_nothing(client, ana):
    client.force_login(ana)

    assert client.get(f"{LIST}add/").status_code == 302
    assert not Badge.objects.exists()
