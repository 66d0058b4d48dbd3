"""What operators see of the keys: when each is used, never its bytes."""

from django.contrib import admin
from django.http import HttpRequest
from typing_extensions import override

from common import clock
from trust.models import FrankingKey

LIFE = ("opens_from", "opens_until", "stamps_until", "verifies_until")


@admin.register(FrankingKey)
class FrankingKeyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in stubs only
    """A list to look at; keys are made and destroyed by rotation alone."""

    list_display = ("kid", "opens_now", *LIFE)
    fields = readonly_fields = ("kid", *LIFE)

    @admin.display(boolean=True, description="opens now")
    def opens_now(self, key: FrankingKey) -> bool:
        """Say whether new conversations may get this key."""
        return key.life.opens(clock.now())

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @override
    def has_change_permission(
        self, request: HttpRequest, obj: FrankingKey | None = None
    ) -> bool:
        return False

    @override
    def has_delete_permission(
        self, request: HttpRequest, obj: FrankingKey | None = None
    ) -> bool:
        return False
