"""What identity does when someone signs in or out."""

from typing import Any

from allauth.account.signals import user_logged_in
from django.contrib.auth.signals import user_logged_out
from django.http import HttpRequest

from identity.cookie import renew_visitor, visitor_of
from identity.models import Account
from identity.services import visitor_claim


def connect() -> None:
    """Listen to both signals; a second time is ignored."""
    user_logged_in.connect(_signed_in, dispatch_uid="identity.claim")
    user_logged_out.connect(_signed_out, dispatch_uid="identity.leave")


def _signed_in(request: HttpRequest, user: Account, **_: Any) -> None:
    """Let the account claim the browser's visitor."""
    renew_visitor(request, visitor_claim(visitor_of(request), account=user))


def _signed_out(request: HttpRequest, **_: Any) -> None:
    """Leave the account's visitor behind: the next person here is not them."""
    renew_visitor(request)
