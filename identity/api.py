"""REST operations on the caller's own visitor."""

from django.contrib.auth import logout
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.clock import now
from identity import services
from identity.authentication import caller
from identity.cookie import delete_cookie
from identity.serializers import (
    AgeStatement,
    NewVisitor,
    NoFields,
    OpenModes,
    VisitorChanges,
    VisitorView,
)


class VisitorsView(APIView):
    """Where an app begins."""

    authentication_classes = ()

    @extend_schema(request=None, responses={201: NewVisitor}, tags=["visitors"])
    def post(self, request: Request) -> Response:
        """Begin as a new visitor."""
        NoFields(data=request.data).is_valid(raise_exception=True)
        visitor, token = services.visitor_begin()
        body = NewVisitor({"token": token, "visitor": visitor}).data
        return Response(body, status=201)


class OwnVisitorView(APIView):
    """The caller's own visitor."""

    @extend_schema(responses=VisitorView, tags=["visitors"])
    def get(self, request: Request) -> Response:
        """Read what is kept about you."""
        return Response(VisitorView(caller(request)).data)

    @extend_schema(request=VisitorChanges, responses=VisitorView, tags=["visitors"])
    def patch(self, request: Request) -> Response:
        """Change what you say about yourself."""
        visitor = caller(request)
        changes = VisitorChanges(data=request.data)
        changes.is_valid(raise_exception=True)
        updated = services.visitor_update(visitor.visitor_id, **changes.validated_data)
        return Response(VisitorView(updated).data)

    @extend_schema(responses={204: None}, tags=["visitors"])
    def delete(self, request: Request) -> Response:
        """Erase everything kept about you; a browser is signed out as well."""
        services.visitor_erase(caller(request).visitor_id)
        response = Response(status=204)
        if request.auth == "cookie":
            logout(request._request)  # noqa: SLF001  Django's sign-out takes Django's request
            delete_cookie(response)
        return response


class AgeView(APIView):
    """The caller's age."""

    @extend_schema(request=AgeStatement, responses=OpenModes, tags=["visitors"])
    def post(self, request: Request) -> Response:
        """State your birth date; only what it leads to is kept."""
        visitor = caller(request)
        statement = AgeStatement(data=request.data)
        statement.is_valid(raise_exception=True)
        modes = services.age_state(
            visitor.visitor_id,
            birth_date=statement.validated_data["birth_date"],
            now=now(),
        )
        return Response({"modes": modes})
