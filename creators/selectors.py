"""What other apps may read from creators."""

from uuid import UUID

from common import clock
from creators.models import Badge


def badges_of(account_id: UUID | None) -> tuple[str, ...]:
    """Name the badges that a partner sees now, in a fixed order."""
    if account_id is None:
        return ()
    worn = Badge.objects.filter(account_id=account_id).worn_at(clock.now())
    return tuple(sorted(set(worn.values_list("kind", flat=True))))
