from datetime import timedelta

import pytest

from common import clock
from creators.domain.badge import BadgeKind
from creators.selectors import badges_of
from creators.services import badge_grant, badge_revoke
from tests.edge.identity.people import account_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return account_of("ana@example.org")


@pytest.fixture
def crown(ana):
    now = clock.now()
    return badge_grant(
        ana.pk,
        kind=BadgeKind.CROWN,
        expires_at=now + timedelta(days=1),
        granted_by_id=ana.pk,
        reason="",
        now=now,
    )


def test_the_unregistered_wear_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert badges_of(None) == ()


def test_a_crown_is_seen(ana, crown):
    assert badges_of(ana.pk) == ("crown",)


def test_a_revoked_crown_is_not_seen(ana, crown):
    badge_revoke(crown.pk, now=clock.now())

    assert badges_of(ana.pk) == ()


def test_nobody_wears_anothers_crown(crown):
    assert badges_of(account_of("bo@example.org").pk) == ()
