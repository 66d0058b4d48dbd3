"""Who calls the REST API: an app by its token, a browser by its cookie."""

from typing import Literal

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.request import Request
from typing_extensions import override

from common.ids import PersonId, VisitorId
from identity.cookie import held_visitor
from identity.errors import CsrfFailedError, SessionInvalidError, VisitorRequiredError
from identity.selectors import VisitorSnapshot, visitor_snapshot
from identity.tokens import remembered_visitor, token_remember, visitor_of_token

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
            return self.by_token(token), "token"
        visitor_id = held_visitor(request._request)  # noqa: SLF001  no other way to it
        if visitor_id is None:
            return None
        _enforce_csrf(request._request)  # noqa: SLF001  as REST framework's own does
        return self.by_id(visitor_id), "cookie"

    def by_token(self, token: str) -> VisitorSnapshot:
        """Read whose token this is.

        Raises:
            SessionInvalidError: nobody's.

        """
        visitor_id = visitor_of_token(token)
        if visitor_id is None:
            raise SessionInvalidError
        return visitor_snapshot(visitor_id)

    def by_id(self, visitor_id: VisitorId) -> VisitorSnapshot:
        """Read the visitor that a signed cookie names."""
        return visitor_snapshot(visitor_id)


class EnduringAuthentication(VisitorAuthentication):
    """For what must work without the database: then a visitor is only an id.

    A cookie is signed and says whose it is. Whose token one is, is remembered
    for as long as a conversation may last.
    """

    @override
    def by_token(self, token: str) -> VisitorSnapshot:
        try:
            visitor = super().by_token(token)
        except (OperationalError, InterfaceError):
            remembered = remembered_visitor(token)
            if remembered is None:
                raise
            return _unread(remembered)
        token_remember(token, visitor.visitor_id)
        return visitor

    @override
    def by_id(self, visitor_id: VisitorId) -> VisitorSnapshot:
        try:
            return super().by_id(visitor_id)
        except (OperationalError, InterfaceError):
            return _unread(visitor_id)


def caller(request: Request) -> VisitorSnapshot:
    """Return the visitor who calls.

    Raises:
        VisitorRequiredError: no credentials came with the request.

    """
    visitor: object = request.user
    if not isinstance(visitor, VisitorSnapshot):
        raise VisitorRequiredError
    return visitor


def _unread(visitor_id: VisitorId) -> VisitorSnapshot:
    person_id = PersonId(visitor_id)
    return VisitorSnapshot(visitor_id=visitor_id, person_id=person_id, known=False)


def _enforce_csrf(request: HttpRequest) -> None:
    check = CSRFCheck(_empty)
    check.process_request(request)
    reason = check.process_view(request, _empty, (), {})
    if reason:
        raise CsrfFailedError(str(reason))


def _empty(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()
