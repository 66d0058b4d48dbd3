"""Accounts and visitors as staff may see them."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.http import HttpRequest
from typing_extensions import override

from identity.models import Account, Visitor


@admin.register(Account)
class AccountAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in stubs only
    """Who may do what; addresses and accounts come from people themselves."""

    list_display = ("email", "is_active", "is_staff", "is_superuser", "created_at")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("email",)
    ordering = ("-created_at",)
    fields = (
        "id",
        "email",
        "created_at",
        "last_login",
        "is_active",
        "is_staff",
        "is_superuser",
        "groups",
        "user_permissions",
    )
    readonly_fields = ("id", "email", "created_at", "last_login")
    filter_horizontal = ("groups", "user_permissions")

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @override
    def has_change_permission(
        self, request: HttpRequest, obj: Account | None = None
    ) -> bool:
        """Rights are given by superusers alone, or staff could take them."""
        return request.user.is_superuser and super().has_change_permission(request, obj)

    @override
    def has_delete_permission(
        self, request: HttpRequest, obj: Account | None = None
    ) -> bool:
        return False


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in stubs only
    """A list to look at."""

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @override
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Visitor)
class VisitorAdmin(ReadOnlyAdmin):
    """Visitors, without what they are interested in."""

    list_display = ("id", "created_at", "account", "age")
    list_select_related = ("account", "age_check")
    search_fields = ("id",)
    ordering = ("-created_at",)
    fields = ("id", "created_at", "account", "age")

    @admin.display(description="age")
    def age(self, visitor: Visitor) -> str:
        """Show the outcome and its day, never a birth date."""
        return str(getattr(visitor, "age_check", "not stated"))


admin.site.unregister(Authenticator)


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadOnlyAdmin):
    """Second factors without their secrets, which allauth's own page shows."""

    list_display = fields = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    list_select_related = ("user",)
