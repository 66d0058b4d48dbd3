"""Where staff grant badges and take them back."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import HttpRequest
from typing_extensions import override

from common import clock
from creators.domain.badge import BadgeKind, standing
from creators.domain.policy import POLICY
from creators.forms import BadgeGrantForm
from creators.models import Badge, BadgeQuerySet
from creators.services import badge_grant, badge_revoke


@admin.register(Badge)
class BadgeAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in stubs only
    """Granted badges; a grant is never edited, only revoked."""

    form = BadgeGrantForm
    raw_id_fields = ("account",)
    list_display = ("account", "kind", "standing", "granted_at", "expires_at")
    list_filter = ("kind",)
    list_select_related = ("account",)
    search_fields = ("account__email",)
    actions = ("revoke",)

    @admin.display(description="standing")
    def standing(self, badge: Badge) -> str:
        """Say whether it is worn now."""
        return standing(badge.grant, clock.now()).value

    @admin.action(description="Revoke selected badges", permissions=["change"])
    def revoke(self, request: HttpRequest, badges: BadgeQuerySet) -> None:
        """Take back those that are worn, each with an entry in its history."""
        now = clock.now()
        revoked = [badge for badge in badges if badge_revoke(badge.pk, now=now)]
        for badge in revoked:
            self.log_change(request, badge, "Revoked.")
        self.message_user(request, f"{len(revoked)} revoked.", messages.SUCCESS)

    @override
    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Offer the usual term."""
        return {"expires_at": clock.now() + POLICY.crown_term}

    @override
    def save_model(
        self, request: HttpRequest, obj: Badge, form: Any, change: bool
    ) -> None:
        granted = badge_grant(
            obj.account_id,
            kind=BadgeKind(obj.kind),
            expires_at=obj.expires_at,
            granted_by_id=UUID(str(request.user.pk)),
            reason=obj.reason,
            now=clock.now(),
        )
        obj.pk = granted.pk

    @override
    def has_change_permission(
        self, request: HttpRequest, obj: Badge | None = None
    ) -> bool:
        """Allow the list and its action; one badge is only looked at."""
        return obj is None and super().has_change_permission(request, obj)

    @override
    def get_fields(
        self, request: HttpRequest, obj: Badge | None = None
    ) -> tuple[str, ...]:
        """Show everything of a badge, and ask only for what staff decide."""
        if obj is None:
            return ("account", "kind", "expires_at", "reason")
        return tuple(field.name for field in Badge._meta.fields)  # noqa: SLF001  documented

    @override
    def has_delete_permission(
        self, request: HttpRequest, obj: Badge | None = None
    ) -> bool:
        """Keep the record of who wore what."""
        return False
