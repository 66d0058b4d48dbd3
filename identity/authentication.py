"""Who calls the REST API: an app by its token, a browser by its cookie."""

from typing import Literal

from django.http import HttpRequest, HttpResponse
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.request import Request
from typing_extensions import override

from identity.cookie import held_visitor
from identity.errors import CsrfFailedError, SessionInvalidError, VisitorRequiredError
from identity.selectors import VisitorSnapshot, visitor_snapshot
from identity.tokens import visitor_of_token

TOKEN_HEADER = "X-Session-Token"  # noqa: S105  a header's name
Credential = Literal["token", "cookie"]


class VisitorAuthentication(BaseAuthentication):
    """The token wins over the cookie; with a cookie, CSRF is checked."""

    @override
    def authenticate(
        self, request: Request
    ) -> tuple[VisitorSnapshot, Credential] | None:
        """Return the visitor and by what it came; None without credentials.

        Raises:
            SessionInvalidError: a token came and is not one.
            CsrfFailedError: a cookie came and the CSRF token did not.

        """
        token = request.headers.get(TOKEN_HEADER)
        if token is not None:
            return _by_token(token), "token"
        visitor_id = held_visitor(request._request)  # noqa: SLF001  no other way to it
        if visitor_id is None:
            return None
        _enforce_csrf(request._request)  # noqa: SLF001  as REST framework's own does
        return visitor_snapshot(visitor_id), "cookie"


def caller(request: Request) -> VisitorSnapshot:
    """Return the visitor who calls.

    Raises:
        VisitorRequiredError: no credentials came with the request.

    """
    visitor: object = request.user
    if not isinstance(visitor, VisitorSnapshot):
        raise VisitorRequiredError
    return visitor


def _by_token(token: str) -> VisitorSnapshot:
    visitor_id = visitor_of_token(token)
    if visitor_id is None:
        raise SessionInvalidError
    return visitor_snapshot(visitor_id)


def _enforce_csrf(request: HttpRequest) -> None:
    check = CSRFCheck(_empty)
    check.process_request(request)
    reason = check.process_view(request, _empty, (), {})
    if reason:
        raise CsrfFailedError(str(reason))


def _empty(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()
