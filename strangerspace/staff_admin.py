"""The admin: for staff whose session was opened with a TOTP code, nobody else.

There is no password form: whoever is not signed in goes to the ordinary
sign-in page, staff without TOTP are led to set it up, and staff whose session
has not seen a code are asked for one.
"""

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from typing_extensions import override


class StaffAdminSite(AdminSite):
    """Django's admin behind allauth's second factor."""

    site_header = site_title = "StrangerSpace"

    @override
    def has_permission(self, request: HttpRequest) -> bool:
        """Let in active staff whose session was opened with TOTP."""
        return super().has_permission(request) and _has_used_totp(request)

    @method_decorator(never_cache)
    @override
    def login(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Lead to whatever is still missing, and then back."""
        target = _safe_target(request)
        if self.has_permission(request):
            return HttpResponseRedirect(target)
        if not request.user.is_authenticated:
            return redirect_to_login(target, reverse("account_login"))
        if not super().has_permission(request):
            raise PermissionDenied
        if _totp_ids(request):
            return redirect_to_login(target, reverse("mfa_reauthenticate"))
        return redirect_to_login(target, reverse("mfa_activate_totp"))


def _has_used_totp(request: HttpRequest) -> bool:
    """Check that this session saw a code of a TOTP device that still counts."""
    records = get_authentication_records(request, request.user)
    used = {record.get("id") for record in records if record["method"] == "mfa"}
    return bool(used & _totp_ids(request))


def _totp_ids(request: HttpRequest) -> set[int]:
    devices = Authenticator.objects.filter(
        user_id=request.user.pk, type=Authenticator.Type.TOTP
    )
    return set(devices.values_list("pk", flat=True))


def _safe_target(request: HttpRequest) -> str:
    target = request.GET.get(REDIRECT_FIELD_NAME, "")
    is_ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if is_ours else reverse("admin:index")
