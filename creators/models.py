"""Tables of creators."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from creators.domain.badge import Grant


class BadgeQuerySet(models.QuerySet["Badge"]):
    """Badges by what they are worth."""

    def worn_at(self, now: datetime) -> "BadgeQuerySet":
        """Keep those worn now: the same rule as `domain.badge.standing`."""
        revoked = Q(revoked_at__isnull=False, revoked_at__lte=now)
        return self.filter(expires_at__gt=now).exclude(revoked)


class Badge(models.Model):
    """A badge that staff granted to an account."""

    class Kind(models.TextChoices):
        """The kinds of `domain.badge.BadgeKind`, with their names for people."""

        CROWN = "crown", "Crown"

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="badges"
    )
    kind = models.CharField(max_length=16, choices=Kind.choices)
    granted_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="badges_granted",
    )
    reason = models.TextField(max_length=500)

    objects: ClassVar[BadgeQuerySet] = BadgeQuerySet.as_manager()  # type: ignore[assignment]  # the manager has the set's methods

    class Meta:
        """Newest first; a badge ends after it began."""

        ordering = ["-granted_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("granted_at")),
                name="badge_expires_after_grant",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["crown"]), name="badge_kind_known"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.account}"

    @property
    def grant(self) -> Grant:
        """The times of this badge, as the rules see them."""
        return Grant(
            granted_at=self.granted_at,
            expires_at=self.expires_at,
            revoked_at=self.revoked_at,
        )
