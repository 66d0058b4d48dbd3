import io
import json

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.signals import got_request_exception
from django.db import OperationalError
from django.http import Http404
from redis.exceptions import RedisError
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from common.api import (
    MAX_BODY_BYTES,
    BoundedJSONParser,
    StrictSerializer,
    TooLargeError,
    unknown_path,
)
from common.errors import PolicyRefusalError, RateLimitedError, UnavailableError


class Chess(StrictSerializer):
    moves = serializers.ListField(child=serializers.IntegerField(), required=False)
    result = serializers.ChoiceField(["won", "lost"])


class ChessView(APIView):
    authentication_classes = ()

    def post(self, request):
        game = Chess(data=request.data)
        game.is_valid(raise_exception=True)
        return Response(game.validated_data)


def post(body, content_type="application/json", **extra):
    raw = body if isinstance(body, bytes | str) else json.dumps(body)
    request = APIRequestFactory().post(
        "/chess", raw, content_type=content_type, **extra
    )
    return ChessView.as_view()(request).render()


def refusal(error):
    class Failing(ChessView):
        def post(self, request):
            raise error

    return Failing.as_view()(APIRequestFactory().post("/chess")).render()


def body_of(response):
    assert response["Content-Type"] == "application/problem+json"
    return json.loads(response.content)


def test_a_problem_has_the_members_of_the_standard_and_a_code():
    response = post({"result": "drawn", "moves": [1, "x"]})

    assert response.status_code == 400
    assert body_of(response) == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "code": "invalid",
        "detail": "Some fields are not right.",
        "errors": [
            {
                "pointer": "#/moves/1",
                "code": "invalid",
                "detail": "A valid integer is required.",
            },
            {
                "pointer": "#/result",
                "code": "invalid_choice",
                "detail": '"drawn" is not a valid choice.',
            },
        ],
    }


def test_unknown_fields_are_refused_by_name():
    body = body_of(post({"result": "won", "a/b~c": 1, "cheat": 2}))

    assert (body["status"], body["code"]) == (400, "unknown_field")
    assert [error["pointer"] for error in body["errors"]] == ["#/a~1b~0c", "#/cheat"]


def test_a_thousand_unknown_fields_do_not_make_a_long_answer():
    body = body_of(post({"x" * 1000 + str(number): 1 for number in range(500)}))

    assert len(body["errors"]) == 10
    assert len(json.dumps(body)) < 10_000


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe{",
        b"nonsense",
        b'{"result": NaN}',
        b'{"moves": [' + b"9" * 5000 + b"]}",
        b"[" * 100_000,
        b"\x00",
    ],
)
def test_what_is_not_json_is_invalid(body):
    response = post(body)

    assert response.status_code == 400
    assert body_of(response)["code"] == "invalid"


@pytest.mark.parametrize("body", [[], [{}], 7, None, "text", True])
def test_json_that_is_no_object_is_invalid(body):
    response = post(json.dumps(body))

    assert (response.status_code, body_of(response)["code"]) == (400, "invalid")


@pytest.mark.parametrize("body", [b'{"\\ud800": 1}', b'{"result": "\\ud800"}'])
def test_half_a_character_can_be_complained_about(body):
    assert "\\ud800" in json.dumps(body_of(post(body))["errors"]).replace("\\\\", "\\")


def test_a_body_over_one_mebibyte_is_refused_before_it_is_read():
    class Unreadable(io.BytesIO):
        def read(self, *_):
            pytest.fail("it was read")

    request = APIRequestFactory().post("/chess", b"", content_type="application/json")
    request.META |= {
        "CONTENT_LENGTH": str(MAX_BODY_BYTES + 1),
        "wsgi.input": Unreadable(),
    }
    request._stream = Unreadable()
    response = ChessView.as_view()(request).render()

    assert (response.status_code, body_of(response)["code"]) == (413, "too_large")


def test_a_body_longer_than_announced_is_refused_too():
    body = io.BytesIO(b" " * (MAX_BODY_BYTES + 10))

    with pytest.raises(TooLargeError):
        BoundedJSONParser().parse(body)
    assert len(body.read()) == 9


def test_a_body_of_one_mebibyte_is_read():
    frame = len('{"result": "won", "moves": []}')
    body = '{"result": "won", "moves": [' + " " * (MAX_BODY_BYTES - frame) + "]}"

    assert len(body) == MAX_BODY_BYTES
    assert post(body).status_code == 200


def test_another_content_type_is_refused():
    response = post("result=won", content_type="application/x-www-form-urlencoded")

    assert body_of(response)["code"] == "unsupported_media_type"
    assert response.status_code == 415


def test_another_method_is_refused_and_the_right_ones_named():
    response = ChessView.as_view()(APIRequestFactory().get("/chess")).render()

    assert body_of(response)["code"] == "method_not_allowed"
    assert response["Allow"] == "POST, OPTIONS"


def test_nothing_but_json_can_be_asked_for():
    assert body_of(post({}, HTTP_ACCEPT="text/html"))["code"] == "not_acceptable"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Http404(), 404, "not_found"),
        (PermissionDenied(), 403, "not_allowed"),
        (exceptions.PermissionDenied(), 403, "not_allowed"),
        (RequestDataTooBig(), 413, "too_large"),
        (OperationalError("gone"), 503, "unavailable"),
        (RedisError("gone"), 503, "unavailable"),
        (UnavailableError(), 503, "unavailable"),
        (exceptions.Throttled(wait=1.5), 429, "rate_limited"),
        (exceptions.Throttled(), 429, "rate_limited"),
        (RateLimitedError(retry_after_seconds=2.2), 429, "rate_limited"),
    ],
)
def test_every_error_has_a_status_and_a_code(error, status, code):
    response = refusal(error)

    assert (response.status_code, body_of(response)["code"]) == (status, code)
    assert body_of(response)["status"] == status


def test_a_rate_limit_says_when_to_come_back():
    response = refusal(RateLimitedError(retry_after_seconds=2.2))

    assert response["Retry-After"] == "3"
    assert refusal(exceptions.Throttled(wait=1.5))["Retry-After"] == "2"


def test_what_an_error_knows_stands_beside_its_code():
    class SuspendedError(PolicyRefusalError):
        code = "suspended"

    body = body_of(refusal(SuspendedError("Not now.", case_code="abc")))

    assert (body["code"], body["detail"]) == ("suspended", "Not now.")
    assert body["case_code"] == "abc"


def test_a_bug_is_logged_and_tells_the_client_nothing(caplog):
    heard = []
    got_request_exception.connect(
        lambda **_: heard.append(1), weak=False, dispatch_uid=1
    )

    response = refusal(KeyError("secret"))

    got_request_exception.disconnect(dispatch_uid=1)
    assert (response.status_code, body_of(response)["code"]) == (500, "internal")
    assert b"secret" not in response.content
    assert "unexpected error in the API" in caplog.text
    assert heard == [1]


def test_a_throttle_would_count_the_peers_own_address():
    request = APIRequestFactory().get(
        "/", headers={"X-Forwarded-For": "10.0.0.1"}, REMOTE_ADDR="192.0.2.7"
    )

    assert BaseThrottle().get_ident(request) == "192.0.2.7"


@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_a_path_that_is_none_is_a_problem_too(method):
    response = unknown_path(getattr(APIRequestFactory(), method)("/x"), path="x")

    assert (response.status_code, body_of(response)["code"]) == (404, "not_found")
