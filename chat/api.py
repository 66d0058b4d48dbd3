"""REST operations that lead to a socket, and the public status."""

from datetime import timedelta
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chat import keys, selectors
from chat.domain.policy import TICKET
from chat.socket_tickets import Claims, socket_tickets
from common import clock
from common.api import StrictSerializer
from common.encoding import b64u_decode
from common.errors import PolicyRefusalError, UnavailableError
from common.vocabulary import Mode
from identity.authentication import EnduringAuthentication, caller
from identity.selectors import VisitorSnapshot

SOCKET_PATH = "/ws/v1/"
ADMITTED_FOR = timedelta(hours=1)
"""Nothing asks for admission yet; a client that offers work is let in anyway."""
_TOKEN_CHARACTERS = 512
_PAYLOAD_CHARACTERS = 8192


EITHER_CREDENTIAL: Any = [{"visitorToken": []}, {"visitorCookie": []}]
"""What OpenAPI says of every operation with `VisitorAuthentication`, for the one
that has a class of its own."""


class AgeRequiredError(PolicyRefusalError):
    """No age was stated, or not one that is old enough."""

    code = "age_required"


class TicketRequest(StrictSerializer):
    """What a client may say about the socket it wants."""

    resume_token = serializers.CharField(required=False, max_length=_TOKEN_CHARACTERS)


class Ticket(serializers.Serializer[Any]):
    """What opens one socket."""

    ticket = serializers.CharField()
    url = serializers.CharField()
    expires_in_seconds = serializers.IntegerField()


CHALLENGE = inline_serializer("Challenge", {"required": serializers.BooleanField()})


class Solution(StrictSerializer):
    """Work that was done."""

    payload = serializers.CharField(max_length=_PAYLOAD_CHARACTERS)


class Admission(serializers.Serializer[Any]):
    """How long no work is asked for."""

    admitted_until = serializers.DateTimeField()


class Expected(serializers.Serializer[Any]):
    """Half waited at most `p50` seconds, nine in ten `p90`."""

    p50 = serializers.FloatField()
    p90 = serializers.FloatField()


class StatusView(serializers.Serializer[Any]):
    """How busy the server is."""

    online = serializers.IntegerField()
    waiting = serializers.DictField(child=serializers.IntegerField())
    conversations = serializers.IntegerField()
    expected_seconds = serializers.DictField(child=Expected(allow_null=True))


class SocketTicketsOperation(APIView):
    """Where a socket begins."""

    authentication_classes = (EnduringAuthentication,)

    @extend_schema(
        request=TicketRequest,
        responses={201: Ticket},
        tags=["realtime"],
        auth=EITHER_CREDENTIAL,
    )
    def post(self, request: Request) -> Response:
        """Ask for a ticket that opens one socket.

        Who shows a place in a conversation gets one even while the database is
        away, and is not held to the pace of newcomers.
        """
        visitor = caller(request)
        asked = TicketRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        resuming = _has_place(visitor, asked.validated_data.get("resume_token"))
        _check_entry(visitor, resuming=resuming)
        ticket = socket_tickets().issue(
            _claims(visitor, from_browser=request.auth == "cookie"),
            now=clock.monotonic(),
            resuming=resuming,
        )
        body = {
            "ticket": ticket,
            "url": _socket_url(request),
            "expires_in_seconds": int(TICKET.life_seconds),
        }
        return Response(body, status=201)


class ChallengeOperation(APIView):
    """What must be done to be let in."""

    authentication_classes = ()

    @extend_schema(responses=CHALLENGE, tags=["admission"])
    def get(self, request: Request) -> Response:
        """Ask for a challenge; this server poses none."""
        return Response({"required": False})


class AdmissionOperation(APIView):
    """Being let in."""

    @extend_schema(request=Solution, responses=Admission, tags=["admission"])
    def post(self, request: Request) -> Response:
        """Hand in a solution; where none is asked for, any is enough."""
        caller(request)
        Solution(data=request.data).is_valid(raise_exception=True)
        return Response({"admitted_until": clock.now() + ADMITTED_FOR})


class StatusOperation(APIView):
    """The public numbers."""

    authentication_classes = ()

    @extend_schema(responses=StatusView, tags=["status"])
    def get(self, request: Request) -> Response:
        """Read how many are here, wait and talk, and how long it has taken."""
        return Response(async_to_sync(selectors.status)().as_json())


def _has_place(visitor: VisitorSnapshot, resume_token: str | None) -> bool:
    """Say whether the token names a side of a conversation, and this visitor's."""
    try:
        raw = b64u_decode(resume_token or "")
    except ValueError:
        return False
    place = keys.unseal_place(raw)
    return place is not None and place.visitor == visitor.visitor_id


def _check_entry(visitor: VisitorSnapshot, *, resuming: bool) -> None:
    if visitor.known:
        if not visitor.adult:
            raise AgeRequiredError
    elif not resuming:
        raise UnavailableError


def _claims(visitor: VisitorSnapshot, *, from_browser: bool) -> Claims:
    return Claims(
        visitor_id=visitor.visitor_id,
        person_id=visitor.person_id,
        account_id=visitor.account_id,
        modes=_modes(visitor),
        from_browser=from_browser,
        known=visitor.known,
    )


def _modes(visitor: VisitorSnapshot) -> tuple[Mode, ...]:
    """Name the modes of this visitor on this server."""
    calls = settings.CALLS_WITHOUT_RELAY
    return tuple(mode for mode in visitor.modes if calls or mode is Mode.TEXT)


def _socket_url(request: Request) -> str:
    scheme = "wss" if request.is_secure() else "ws"
    return f"{scheme}://{request.get_host()}{SOCKET_PATH}"
