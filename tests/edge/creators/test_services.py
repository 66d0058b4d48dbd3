from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError

from creators.domain.badge import BadgeKind, Standing, standing
from creators.models import Badge
from creators.services import BadgeWornError, badge_grant, badge_revoke
from tests.edge.identity.people import account_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def ana():
    return account_of("ana@example.org")


@pytest.fixture
def mo():
    return account_of("mo@example.org", is_staff=True)


@pytest.fixture
def grant(ana, mo):
    def crown(*, now=NOW, expires_at=NOW + DAY):
        return badge_grant(
            ana.pk,
            kind=BadgeKind.CROWN,
            expires_at=expires_at,
            granted_by_id=mo.pk,
            reason="Verified the channel.",
            now=now,
        )

    return crown


def test_a_grant_is_worn_and_says_who_gave_it(grant, ana, mo):
    badge = grant()

    assert (badge.account, badge.granted_by) == (ana, mo)
    assert standing(badge.grant, NOW) is Standing.WORN
    assert str(badge) == f"Crown of account {ana.id}"


def test_nobody_wears_two_of_a_kind(grant):
    grant()

    with pytest.raises(BadgeWornError):
        grant()
    assert Badge.objects.count() == 1


def test_after_its_end_a_badge_is_granted_anew(grant):
    grant()
    grant(now=NOW + DAY, expires_at=NOW + 2 * DAY)

    assert Badge.objects.count() == 2


def test_a_revoked_badge_is_over_at_once(grant):
    badge = grant()

    assert badge_revoke(badge.pk, now=NOW)
    badge.refresh_from_db()
    assert standing(badge.grant, NOW) is Standing.REVOKED


def test_a_badge_is_revoked_once(grant):
    badge = grant()
    badge_revoke(badge.pk, now=NOW)

    assert not badge_revoke(badge.pk, now=NOW + DAY / 2)
    badge.refresh_from_db()
    assert badge.revoked_at == NOW


def test_an_expired_badge_is_not_revoked(grant):
    assert not badge_revoke(grant().pk, now=NOW + DAY)


def test_a_badge_ends_after_it_began(grant):
    with pytest.raises(IntegrityError):
        grant(expires_at=NOW)


def test_an_erased_account_leaves_no_badge(grant, ana):
    grant()
    ana.delete()

    assert not Badge.objects.exists()
