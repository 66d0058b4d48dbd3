from datetime import UTC, datetime, timedelta

import pytest

from creators.domain.badge import BadgeKind, Grant, Standing, standing

NOW = datetime(2026, 5, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def crown(*, expires_in=DAY, revoked_ago=None):
    revoked_at = None if revoked_ago is None else NOW - revoked_ago
    return Grant(
        granted_at=NOW - 9 * DAY, expires_at=NOW + expires_in, revoked_at=revoked_at
    )


@pytest.mark.parametrize(
    ("grant", "expected"),
    [
        (crown(), Standing.WORN),
        (crown(expires_in=timedelta(0)), Standing.EXPIRED),
        (crown(expires_in=-DAY), Standing.EXPIRED),
        (crown(revoked_ago=timedelta(0)), Standing.REVOKED),
        (crown(revoked_ago=DAY, expires_in=-DAY), Standing.REVOKED),
        (crown(revoked_ago=-DAY), Standing.WORN),
    ],
)
def test_standing(grant, expected):
    assert standing(grant, NOW) is expected


def test_the_word_on_the_wire():
    assert [kind.value for kind in BadgeKind] == ["crown"]
