import json
from datetime import date, timedelta

import pytest
from django.test import Client

from common import clock
from common.ids import VisitorId
from identity.cookie import COOKIE_NAME
from identity.models import AgeCheck, Session, Visitor
from identity.tokens import token_issue
from tests.edge.identity.people import App

pytestmark = pytest.mark.django_db
ADULT, CHILD = "1990-05-04", (clock.now().date() - timedelta(days=9 * 365)).isoformat()
ARABIC_DIGITS = "\u0661\u0669\u0669\u0660-\u0660\u0665-\u0660\u0664"
BLANK = {
    "age": "unknown",
    "modes": [],
    "account": False,
    "languages": [],
    "region": None,
    "regions": [],
    "interests": [],
}


def refused(response, status, code):
    assert (response.status_code, response["Content-Type"]) == (
        status,
        "application/problem+json",
    )
    body = json.loads(response.content)
    assert (body["status"], body["code"]) == (status, code)
    return body


class TestBegin:
    def test_an_app_begins_with_a_token_and_a_blank_visitor(self):
        response = App().call("POST", "visitors")

        assert response.status_code == 201
        assert response.json()["visitor"] == BLANK
        assert App(response.json()["token"]).call("GET", "visitors/me").json() == BLANK
        assert not response.cookies

    def test_a_dead_token_does_not_keep_an_app_from_beginning_anew(self):
        assert App("a" * 32).call("POST", "visitors").status_code == 201

    def test_there_is_nothing_to_send(self):
        assert App().call("POST", "visitors", {}).status_code == 201
        refused(App().call("POST", "visitors", {"age": 99}), 400, "unknown_field")
        refused(App().call("POST", "visitors", [1]), 400, "invalid")


class TestCredentials:
    @pytest.mark.parametrize("path", ["visitors/me", "visitors/me/age"])
    def test_without_any_a_visitor_is_required(self, path):
        method = "GET" if path == "visitors/me" else "POST"
        response = App().call(method, path, None)

        refused(response, 401, "visitor_required")
        assert response["WWW-Authenticate"]

    @pytest.mark.parametrize("token", ["", "x", "a" * 32, "0" * 5000])
    def test_an_unknown_token_is_invalid(self, token):
        response = App().call("GET", "visitors/me", **{"X-Session-Token": token})

        refused(response, 401, "session_invalid")

    def test_a_token_needs_no_csrf(self, app):
        response = app.call("PATCH", "visitors/me", {"languages": ["en"]})

        assert response.status_code == 200

    def test_a_forged_cookie_is_no_credential(self, browser):
        browser.cookies[COOKIE_NAME] = "1b4e28ba-2fa1-11d2-883f-0016d3cca427:x:y"

        refused(browser.get("/api/v1/visitors/me"), 401, "visitor_required")

    def test_a_browser_reads_with_its_cookie(self, browser):
        browser.get("/age/")

        assert browser.get("/api/v1/visitors/me").json() == BLANK

    def test_a_cookie_call_that_writes_needs_the_csrf_token(self, browser):
        browser.get("/age/")
        body = {"languages": ["en"]}
        bare = browser.patch("/api/v1/visitors/me", body, "application/json")
        refused(bare, 403, "csrf_failed")
        assert not Visitor.objects.exists()

        token = browser.cookies["csrftoken"].value
        right = browser.patch(
            "/api/v1/visitors/me",
            body,
            "application/json",
            headers={"X-CSRFToken": token},
        )
        assert right.json()["languages"] == ["en"]

    def test_the_token_wins_over_the_cookie(self, browser, app):
        browser.get("/age/")
        app.call("PATCH", "visitors/me", {"languages": ["fr"]})

        response = browser.get("/api/v1/visitors/me", headers=app.headers)
        assert response.json()["languages"] == ["fr"]

    def test_a_bad_token_is_not_saved_by_a_good_cookie(self, browser):
        browser.get("/age/")
        headers = {"X-Session-Token": "a" * 32}

        response = browser.get("/api/v1/visitors/me", headers=headers)
        refused(response, 401, "session_invalid")


class TestAge:
    def test_an_adult_learns_the_modes(self, app):
        response = app.call("POST", "visitors/me/age", {"birth_date": ADULT})

        assert (response.status_code, response.json()) == (
            200,
            {"modes": ["text", "voice", "video"]},
        )
        me = app.call("GET", "visitors/me").json()
        assert (me["age"], me["modes"]) == ("admitted", ["text", "voice", "video"])

    def test_the_same_date_again_is_answered_the_same(self, app):
        answers = [
            app.call("POST", "visitors/me/age", {"birth_date": ADULT}) for _ in "ab"
        ]

        assert [answer.status_code for answer in answers] == [200, 200]

    def test_another_date_later_conflicts(self, app):
        app.call("POST", "visitors/me/age", {"birth_date": ADULT})
        AgeCheck.objects.update(
            retry_check=(AgeCheck.objects.get().retry_check + 1) % 256
        )

        response = app.call("POST", "visitors/me/age", {"birth_date": ADULT})
        refused(response, 409, "age_already_set")

    def test_under_the_floor_is_out_for_good(self, app):
        for birth_date in (CHILD, ADULT, "2999-01-01"):
            response = app.call("POST", "visitors/me/age", {"birth_date": birth_date})
            refused(response, 403, "age_floor")

        assert app.call("GET", "visitors/me").json()["age"] == "refused"

    def test_exactly_eighteen_today_is_old_enough(self, app):
        today = clock.now().date()
        birthday = date(today.year - 18, today.month, min(today.day, 28))

        response = app.call(
            "POST", "visitors/me/age", {"birth_date": birthday.isoformat()}
        )
        assert response.status_code == 200

    @pytest.mark.parametrize(
        "birth_date",
        [
            "2999-01-01",
            "1850-01-01",
            "0000-01-01",
            "2023-02-29",
            "1990-5-4",
            "19900504",
            "1990-W18-5",
            "1990-05-04T00:00:00Z",
            " 1990-05-04",
            "1990-05-04\n",
            ARABIC_DIGITS,
            "",
            None,
            19900504,
            ["1990-05-04"],
            {"year": 1990},
        ],
    )
    def test_what_is_no_birth_date_is_invalid_and_leaves_no_trace(
        self, app, birth_date
    ):
        body = {"birth_date": birth_date}
        refused(app.call("POST", "visitors/me/age", body), 400, "invalid")

        assert not AgeCheck.objects.exists()

    def test_a_missing_or_unknown_field_is_named(self, app):
        missing = refused(app.call("POST", "visitors/me/age", {}), 400, "invalid")
        body = {"birth_date": ADULT, "method": "passport"}
        unknown = refused(
            app.call("POST", "visitors/me/age", body), 400, "unknown_field"
        )

        assert missing["errors"][0]["pointer"] == "#/birth_date"
        assert unknown["errors"][0]["pointer"] == "#/method"


class TestPreferences:
    def test_they_come_back_clean(self, app):
        body = {
            "languages": ["EN", "pt_br"],
            "region": "eu",
            "regions": ["as", "eu", "as"],
            "interests": ["  Jazz ", "jazz", "che\u0007ss", ""],
        }
        response = app.call("PATCH", "visitors/me", body)

        assert response.status_code == 200
        kept = response.json()
        assert kept["languages"] == ["en", "pt-BR"]
        assert (kept["region"], kept["regions"]) == ("eu", ["as", "eu"])
        assert kept["interests"] == ["Jazz", "chess"]
        assert app.call("GET", "visitors/me").json() == kept

    def test_a_region_is_taken_back_with_null(self, app):
        app.call("PATCH", "visitors/me", {"region": "eu"})

        response = app.call("PATCH", "visitors/me", {"region": None})
        assert response.json()["region"] is None

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"languages": ["english"]}, "#/languages"),
            ({"languages": ["en", "fr", "de", "it", "es", "pt"]}, "#/languages"),
            ({"languages": "en"}, "#/languages"),
            ({"languages": [7.5, {}]}, "#/languages/1"),
            ({"languages": None}, "#/languages"),
            ({"region": "mars"}, "#/region"),
            ({"region": ["eu"]}, "#/region"),
            ({"regions": ["eu", "mars"]}, "#/regions/1"),
            ({"regions": {"eu": 1}}, "#/regions"),
            ({"interests": ["x" * 33]}, "#/interests"),
            ({"interests": [str(number) for number in range(11)]}, "#/interests"),
            ({"interests": [["nested"]]}, "#/interests/0"),
        ],
    )
    def test_what_is_wrong_is_pointed_at_and_nothing_is_kept(self, app, body, pointer):
        app.call("PATCH", "visitors/me", {"languages": ["de"]})
        problem = refused(app.call("PATCH", "visitors/me", body), 400, "invalid")

        assert pointer in [error["pointer"] for error in problem["errors"]]
        assert app.call("GET", "visitors/me").json() == {**BLANK, "languages": ["de"]}

    @pytest.mark.parametrize("field", ["strictness", "account", "age", "modes", "id"])
    def test_other_fields_are_unknown(self, app, field):
        refused(app.call("PATCH", "visitors/me", {field: "x"}), 400, "unknown_field")

    def test_half_a_character_never_reaches_the_database(self, app):
        response = app.client.patch(
            "/api/v1/visitors/me",
            b'{"interests": ["go \\ud800"], "languages": ["\\ud800"]}',
            "application/json",
            headers=app.headers,
        )

        refused(response, 400, "invalid")

    def test_a_body_over_one_mebibyte_is_refused(self, app):
        body = {"interests": ["x" * (1024 * 1024)]}

        refused(app.call("PATCH", "visitors/me", body), 413, "too_large")


class TestErase:
    def test_an_app_is_gone_and_its_token_with_it(self, app):
        app.call("POST", "visitors/me/age", {"birth_date": ADULT})
        response = app.call("DELETE", "visitors/me")

        assert (response.status_code, response.content) == (204, b"")
        assert not Visitor.objects.exists()
        assert not Session.objects.exists()
        refused(app.call("GET", "visitors/me"), 401, "session_invalid")

    def test_a_browser_loses_its_cookie_and_its_sign_in(self, client, ana):
        client.force_login(ana)
        client.get("/age/")
        held = client.cookies[COOKIE_NAME].value
        response = client.delete("/api/v1/visitors/me")

        assert response.status_code == 204
        assert client.cookies[COOKIE_NAME].value == ""
        assert "_auth_user_id" not in client.session
        client.get("/age/")
        assert client.cookies[COOKIE_NAME].value[:36] != held[:36]

    def test_a_browser_needs_the_csrf_token_for_it(self, browser):
        browser.get("/age/")

        refused(browser.delete("/api/v1/visitors/me"), 403, "csrf_failed")

    def test_other_tokens_of_the_same_visitor_die_too(self, app):
        visitor_id = Session.objects.get().visitor_id
        second = App(token_issue(VisitorId(visitor_id)))
        app.call("DELETE", "visitors/me")

        refused(second.call("GET", "visitors/me"), 401, "session_invalid")


def test_a_path_that_is_none_is_a_problem_too():
    refused(Client().get("/api/v1/nothing/here"), 404, "not_found")
    refused(Client().get("/api/v1/visitors/"), 404, "not_found")
    refused(Client().post("/api/v1/visitors/me/"), 404, "not_found")


def test_a_method_that_is_none_is_a_problem_too(app):
    refused(app.call("PUT", "visitors/me", {}), 405, "method_not_allowed")


def test_no_answer_tells_an_id(app):
    visitor_id = str(Session.objects.get().visitor_id)
    answers = [
        app.call("GET", "visitors/me"),
        app.call("PATCH", "visitors/me", {"languages": ["en"]}),
        app.call("POST", "visitors/me/age", {"birth_date": ADULT}),
    ]

    for answer in answers:
        assert visitor_id not in answer.content.decode()
