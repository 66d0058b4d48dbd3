"""The table says the same as the rules."""

from datetime import UTC, datetime, timedelta

import pytest

from creators.domain.badge import BadgeKind, Standing, standing
from creators.models import Badge
from tests.edge.identity.people import account_of

NOW = datetime(2026, 5, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_kinds_are_those_of_the_domain():
    assert Badge.Kind.values == [kind.value for kind in BadgeKind]


@pytest.mark.django_db
@pytest.mark.parametrize("expires", [-1, 0, 1])
@pytest.mark.parametrize("revoked", [None, -1, 0, 1])
def test_worn_in_the_table_is_worn_in_the_rule(expires, revoked):
    badge = Badge.objects.create(
        account=account_of("ana@example.org"),
        kind="crown",
        granted_at=NOW - 9 * HOUR,
        expires_at=NOW + expires * HOUR,
        revoked_at=None if revoked is None else NOW + revoked * HOUR,
        reason="",
    )

    worn = standing(badge.grant, NOW) is Standing.WORN
    assert Badge.objects.worn_at(NOW).exists() is worn
