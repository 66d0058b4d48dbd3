"""REST plumbing of every app: problem details, strict input, bounded bodies.

Errors are RFC 9457 problem details: `type` is `about:blank`, so `title` is the
status phrase, and `code` is the stable word that a client acts on. `errors`
points at the fields that were wrong (RFC 6901 pointers).
"""

import json
import logging
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import singledispatch
from http import HTTPStatus
from typing import IO, Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from redis.exceptions import RedisError
from rest_framework import exceptions, serializers
from rest_framework.parsers import JSONParser
from rest_framework.response import Response
from typing_extensions import override

from common.errors import (
    ClientFaultError,
    DomainError,
    RateLimitedError,
    UnavailableError,
)

PROBLEM_TYPE = "application/problem+json"
MAX_BODY_BYTES = 1024 * 1024  # protocol.md §6
RETRY_SECONDS = 1  # after 503: whatever has gone is being started again
_DETAIL_CHARACTERS = 300  # enough for a sentence; echoes of input stay short

# REST framework's words, where the protocol has its own.
_CODES = {
    "parse_error": "invalid",
    "permission_denied": "not_allowed",
    "throttled": "rate_limited",
}

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One refused request: status, code, a sentence, and what it concerns."""

    status: int
    code: str
    detail: str = ""
    errors: tuple[dict[str, str], ...] = ()
    members: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """Write the members of RFC 9457, `code`, and what else is known."""
        body = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "detail": _plain(self.detail),
            **self.members,
        }
        return {**body, "errors": list(self.errors)} if self.errors else body

    def response(self) -> Response:
        """Answer with it as `application/problem+json`."""
        return Response(
            self.body(),
            status=self.status,
            headers=self.headers,
            content_type=PROBLEM_TYPE,
        )


class TooLargeError(ClientFaultError):
    """The body is longer than this server reads."""

    code = "too_large"
    status = 413


class UnknownFieldError(ClientFaultError):
    """The body has a field that this operation does not know."""

    code = "unknown_field"


class BoundedJSONParser(JSONParser):
    """JSON of at most 1 MiB, whatever the length announced.

    Django's `DATA_UPLOAD_MAX_MEMORY_SIZE` refuses an announced length sooner.
    """

    @override
    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Read the body.

        Raises:
            TooLargeError: it is longer than 1 MiB.
            ParseError: it is not JSON, or nested beyond all reason.

        """
        raw = stream.read(MAX_BODY_BYTES + 1)
        if len(raw) > MAX_BODY_BYTES:
            raise TooLargeError
        try:
            return json.loads(raw, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            msg = "The body is not JSON."
            raise exceptions.ParseError(msg) from error


class StrictSerializer(serializers.Serializer[Any]):
    """A serializer that refuses fields it does not know."""

    @override
    def to_internal_value(self, data: Any) -> Any:
        """Validate; raise UnknownFieldError for a name that is not a field."""
        if isinstance(data, Mapping):
            known = {each.field_name for each in self._writable_fields}
            unknown = sorted(set(data) - known)
            if unknown:
                raise UnknownFieldError(
                    errors=tuple(
                        _field_error(
                            (name,), "unknown_field", "There is no such field."
                        )
                        for name in unknown[:10]
                    )
                )
        return super().to_internal_value(data)


@csrf_exempt
def unknown_path(request: HttpRequest, path: str) -> JsonResponse:
    """Answer, as a problem, for every path below the API that is not one."""
    problem = Problem(status=404, code="not_found", detail="There is nothing here.")
    return JsonResponse(problem.body(), status=404, content_type=PROBLEM_TYPE)


def problem_response(error: Exception, context: Mapping[str, Any]) -> Response:
    """Describe an error to the client; REST framework's `EXCEPTION_HANDLER`."""
    return _problem(error).response()


@singledispatch
def _problem(error: Exception) -> Problem:
    """Describe what nobody foresaw, and tell the log."""
    logger.error("unexpected error in the API", exc_info=error)
    got_request_exception.send(sender=None, request=None)
    return Problem(status=500, code="internal", detail="Something broke here.")


@_problem.register
def _(error: DomainError) -> Problem:
    members = dict(error.data)
    errors = members.pop("errors", ())
    return Problem(
        status=error.status,
        code=error.code,
        detail=error.detail,
        errors=tuple(errors) if isinstance(errors, tuple) else (),
        members=members,
        headers=_authenticate_header(error.status),
    )


@_problem.register
def _(error: RateLimitedError) -> Problem:
    return Problem(
        status=error.status,
        code=error.code,
        detail=error.detail,
        headers=_retry_after(error.retry_after_seconds),
    )


@_problem.register
def _(error: exceptions.APIException) -> Problem:
    code = str(error.default_code)
    return Problem(
        status=error.status_code,
        code=_CODES.get(code, code),
        detail=str(error.detail),
    )


@_problem.register
def _(error: exceptions.Throttled) -> Problem:
    return Problem(
        status=429,
        code="rate_limited",
        detail=str(error.detail),
        headers=_retry_after(getattr(error, "wait", None) or 1),
    )


@_problem.register
def _(error: exceptions.ValidationError) -> Problem:
    return Problem(
        status=400,
        code="invalid",
        detail="Some fields are not right.",
        errors=tuple(_field_errors(error.detail)),
    )


@_problem.register
def _(error: Http404) -> Problem:
    return Problem(status=404, code="not_found")


@_problem.register
def _(error: PermissionDenied) -> Problem:
    return Problem(status=403, code="not_allowed")


@_problem.register
def _(error: RequestDataTooBig) -> Problem:
    return Problem(status=413, code=TooLargeError.code)


@_problem.register(OperationalError)
@_problem.register(InterfaceError)
@_problem.register(RedisError)
@_problem.register(UnavailableError)
def _(error: Exception) -> Problem:
    if not isinstance(error, UnavailableError):
        # One line: while it lasts, every request says so.
        logger.error("a store did not answer: %s", str(error).split("\n", 1)[0])
    return Problem(
        status=503, code=UnavailableError.code, headers=_retry_after(RETRY_SECONDS)
    )


def _field_errors(detail: Any, path: tuple[str, ...] = ()) -> Iterator[dict[str, str]]:
    """Flatten REST framework's nested errors, in the order of the fields."""
    if isinstance(detail, exceptions.ErrorDetail):
        yield _field_error(path, str(detail.code), str(detail))
    elif isinstance(detail, Mapping):
        for name, inner in detail.items():
            step = () if name == "non_field_errors" else (str(name),)
            yield from _field_errors(inner, path + step)
    else:
        for inner in detail:
            yield from _field_errors(inner, path)


def _field_error(path: tuple[str, ...], code: str, detail: str) -> dict[str, str]:
    steps = [_plain(step).replace("~", "~0").replace("/", "~1") for step in path]
    return {"pointer": "/".join(["#", *steps]), "code": code, "detail": _plain(detail)}


def _plain(text: str) -> str:
    """Make text that can be written whatever a client sent, and not too long."""
    writable = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return writable[:_DETAIL_CHARACTERS]


def _authenticate_header(status: int) -> dict[str, str]:
    """Name the credential a 401 asks for (RFC 9110 §11.6.1)."""
    return (
        {"WWW-Authenticate": "X-Session-Token"}
        if status == HTTPStatus.UNAUTHORIZED
        else {}
    )


def _retry_after(seconds: float) -> dict[str, str]:
    return {"Retry-After": str(math.ceil(seconds))}


def _refuse_constant(name: str) -> Any:
    msg = f"{name} is not JSON"
    raise ValueError(msg)
