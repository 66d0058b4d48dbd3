"""The visitor cookie: signed, unreadable to scripts, for one host alone.

No `Domain` attribute: http://localhost and http://127.0.0.1 are two jars, so
one machine can be two strangers.
"""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from common.ids import VisitorId, new_visitor_id
from identity.configuration import policy

COOKIE_NAME = "ss_visitor"
_SALT = "identity.visitor"


def held_visitor(request: HttpRequest) -> VisitorId | None:
    """Read the cookie; None when it is missing, forged or too old."""
    value = request.get_signed_cookie(
        COOKIE_NAME, default=None, salt=_SALT, max_age=_lifetime()
    )
    return VisitorId(UUID(value)) if value else None


def visitor_of(request: HttpRequest) -> VisitorId:
    """Return the visitor of a request that passed `identity.middleware`.

    An erased visitor is nobody any more: from then on a fresh id answers.
    """
    visitor_id: VisitorId | None = getattr(request, "visitor_id", None)
    return visitor_id or renew_visitor(request)


def renew_visitor(
    request: HttpRequest, visitor_id: VisitorId | None = None
) -> VisitorId:
    """Go on as another visitor; the response will carry the new cookie."""
    renewed = visitor_id or new_visitor_id()
    request.visitor_id = renewed  # type: ignore[attr-defined]  # set by our middleware
    return renewed


def forget_visitor(request: HttpRequest) -> None:
    """Be nobody; the response will take the cookie away."""
    request.visitor_id = None  # type: ignore[attr-defined]  # set by our middleware


def write_cookie(response: HttpResponse, visitor_id: VisitorId) -> None:
    """Hand the visitor its cookie."""
    response.set_signed_cookie(
        COOKIE_NAME,
        str(visitor_id),
        salt=_SALT,
        max_age=_lifetime(),
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS_ONLY,
    )


def delete_cookie(response: HttpResponse) -> None:
    """Take the cookie away."""
    response.delete_cookie(COOKIE_NAME, samesite="Lax")


def _lifetime() -> timedelta:
    return timedelta(days=policy().visitor_days)
