"""What creators writes."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction

from common.errors import PolicyRefusalError
from creators.domain.badge import BadgeKind
from creators.models import Badge


class BadgeWornError(PolicyRefusalError):
    """The account wears such a badge already."""

    code: ClassVar[str] = "badge_worn"
    status = 409


@transaction.atomic
def badge_grant(
    account_id: UUID,
    *,
    kind: BadgeKind,
    expires_at: datetime,
    granted_by_id: UUID,
    reason: str,
    now: datetime,
) -> Badge:
    """Grant a badge from now until it expires.

    Raises:
        BadgeWornError: the account wears one of this kind now.

    """
    get_user_model().objects.select_for_update().get(pk=account_id)
    if Badge.objects.filter(account_id=account_id, kind=kind).worn_at(now).exists():
        raise BadgeWornError
    return Badge.objects.create(
        account_id=account_id,
        kind=kind.value,
        granted_at=now,
        expires_at=expires_at,
        granted_by_id=granted_by_id,
        reason=reason,
    )


@transaction.atomic
def badge_revoke(badge_id: int, *, now: datetime) -> bool:
    """Take a badge back; `False` if it was not worn any more."""
    worn = Badge.objects.filter(pk=badge_id).worn_at(now)
    return worn.update(revoked_at=now) == 1
