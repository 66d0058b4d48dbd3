from datetime import date, timedelta

import pytest
from django.test import Client

from common import clock
from common.ids import VisitorId, new_visitor_id
from common.vocabulary import Mode, Region, Strictness
from identity import services
from identity.cookie import COOKIE_NAME
from identity.domain.languages import LANGUAGES
from identity.models import Account, AgeCheck, Visitor
from identity.selectors import visitor_snapshot

pytestmark = pytest.mark.django_db
ADULT = "1990-05-04"
CHILD = (clock.now().date() - timedelta(days=9 * 365)).isoformat()
BALANCED = {"strictness": "balanced"}


@pytest.fixture
def adult(client):
    """A browser whose visitor has stated an age."""
    client.post("/age/", {"birth_date": ADULT})
    return client


def visitor_in(client):
    return VisitorId(Visitor.objects.get(pk=client.cookies[COOKIE_NAME].value[:36]).pk)


def said(client):
    return visitor_snapshot(visitor_in(client))


class TestAge:
    def test_the_page_asks_for_one_date(self, client):
        response = client.get("/age/?mode=video")

        assert response.templates[0].name == "identity/age.html"
        assert response.context["mode"] is Mode.VIDEO
        assert response.context["floor"] == 18
        assert list(response.context["form"].fields) == ["birth_date"]
        assert not Visitor.objects.exists()

    @pytest.mark.parametrize(
        ("query", "onward"),
        [
            ("?mode=voice", "/interests/?mode=voice"),
            ("", "/interests/"),
            ("?mode=mime", "/interests/"),
            ("?mode=%00", "/interests/"),
        ],
    )
    def test_an_adult_goes_on_with_the_mode(self, client, query, onward):
        response = client.post(f"/age/{query}", {"birth_date": ADULT})

        assert (response.status_code, response["Location"]) == (302, onward)
        assert said(client).adult is True

    def test_the_mode_may_come_with_the_form(self, client):
        response = client.post("/age/", {"birth_date": ADULT, "mode": "text"})

        assert response["Location"] == "/interests/?mode=text"

    def test_an_adult_is_not_asked_twice(self, adult):
        assert adult.get("/age/?mode=text")["Location"] == "/interests/?mode=text"
        assert adult.post("/age/", {"birth_date": CHILD})["Location"] == "/interests/"
        assert said(adult).adult is True

    def test_a_second_tab_that_was_slower_goes_on(self, client, monkeypatch):
        """Both tabs showed the form; the other one was sent first."""
        client.get("/age/")
        blank = visitor_snapshot(new_visitor_id())
        client.post("/age/", {"birth_date": ADULT})
        AgeCheck.objects.update(
            retry_check=(AgeCheck.objects.get().retry_check + 1) % 256
        )
        monkeypatch.setattr("identity.views.visitor_snapshot", lambda _: blank)

        response = client.post("/age/", {"birth_date": ADULT})
        assert response["Location"] == "/interests/"

    def test_under_the_floor_is_out_for_good(self, client):
        for method, data in (
            (client.post, {"birth_date": CHILD}),
            (client.post, {"birth_date": ADULT}),
            (client.get, {}),
        ):
            response = method("/age/?mode=text", data)
            assert response.status_code == 403
            assert response.templates[0].name == "identity/age_refused.html"

        assert said(client).adult is False
        assert client.get("/interests/").headers["Location"] == "/age/"

    @pytest.mark.parametrize(
        ("sent", "sentence"),
        [
            ("", "Please give your date of birth."),
            ("yesterday", "Please give the date as year-month-day."),
            ("2023-02-29", "Please give the date as year-month-day."),
            ("2999-01-01", "That date can't be right. Please check the year."),
            ("1850-01-01", "That date can't be right. Please check the year."),
        ],
    )
    def test_a_slip_is_explained_and_kept_nowhere(self, client, sent, sentence):
        response = client.post("/age/?mode=text", {"birth_date": sent})

        assert response.status_code == 200
        assert response.context["form"].errors == {"birth_date": [sentence]}
        assert not AgeCheck.objects.exists()

    def test_the_form_needs_its_csrf_token(self, browser):
        assert browser.post("/age/", {"birth_date": ADULT}).status_code == 403
        assert not Visitor.objects.exists()

    def test_other_methods_are_refused(self, client):
        assert client.put("/age/").status_code == 405

    def test_the_page_is_not_kept_by_caches(self, client):
        assert "no-store" in client.get("/age/")["Cache-Control"]


class TestInterests:
    def test_age_comes_first(self, client):
        assert client.get("/interests/?mode=text")["Location"] == "/age/?mode=text"
        posted = client.post("/interests/?mode=text", {"interests": "go", **BALANCED})
        assert posted["Location"] == "/age/?mode=text"
        assert not Visitor.objects.exists()

    def test_everything_is_saved_and_the_mode_goes_on(self, adult):
        response = adult.post(
            "/interests/?mode=video",
            {
                "interests": "Jazz, chess;  go، jazz\r\nfilm",
                "languages": ["en", "fr"],
                "region": "eu",
                "regions": ["as", "af"],
                "strictness": "strict",
            },
        )

        assert (response.status_code, response["Location"]) == (
            302,
            "/talk/?mode=video",
        )
        snapshot = said(adult)
        assert snapshot.interests == ("Jazz", "chess", "go", "film")
        assert snapshot.languages == ("en", "fr")
        assert snapshot.region is Region.EUROPE
        assert snapshot.regions == (Region.ASIA, Region.AFRICA)
        assert snapshot.strictness is Strictness.STRICT

    def test_without_a_mode_the_way_leads_to_the_start(self, adult):
        assert adult.post("/interests/", BALANCED)["Location"] == "/"

    def test_what_was_said_before_is_there_again(self, adult):
        said_before = {"interests": "go, chess", "languages": ["fr"], "region": "eu"}
        adult.post("/interests/", {**said_before, **BALANCED})

        initial = adult.get("/interests/").context["form"].initial
        assert initial == {**said_before, "regions": [], "strictness": "balanced"}

    def test_a_language_that_is_not_listed_can_be_kept(self, adult):
        services.visitor_update(visitor_in(adult), languages=("pt-BR",))

        form = adult.get("/interests/").context["form"]
        assert form.fields["languages"].choices[-1] == ("pt-BR", "Other: pt-BR")
        adult.post("/interests/", {"languages": ["pt-BR"], **BALANCED})
        assert said(adult).languages == ("pt-BR",)

    @pytest.mark.parametrize(
        ("sent", "field", "sentence"),
        [
            (
                {"interests": "x" * 33},
                "interests",
                f"“{'x' * 33}” is too long. Please keep each to 32 letters.",
            ),
            (
                {"interests": ",".join("abcdefghijk")},
                "interests",
                "Please name at most 10.",
            ),
            (
                {"languages": [code for code, _ in LANGUAGES[:6]]},
                "languages",
                "Please name at most 5.",
            ),
            (
                {"strictness": "strict"},
                "strictness",
                "To ask for an exact match, name a language or an interest.",
            ),
            ({"strictness": ""}, "strictness", "Please choose whom to meet."),
        ],
    )
    def test_a_slip_is_explained_and_nothing_is_saved(
        self, adult, sent, field, sentence
    ):
        response = adult.post("/interests/?mode=text", {**BALANCED, **sent})

        assert response.status_code == 200
        assert response.context["form"].errors == {field: [sentence]}
        assert response.context["mode"] is Mode.TEXT
        assert said(adult).interests == ()

    @pytest.mark.parametrize(
        "sent", [{"languages": ["xx"]}, {"region": "mars"}, {"regions": ["mars"]}]
    )
    def test_what_was_not_on_offer_is_refused(self, adult, sent):
        response = adult.post("/interests/", {**BALANCED, **sent})

        assert list(response.context["form"].errors) == list(sent)

    def test_the_page_offers_languages_by_their_own_names(self, adult):
        form = adult.get("/interests/").context["form"]

        assert ("ja", "日本語") in form.fields["languages"].choices
        assert len(form.fields["region"].choices) == 7


class TestAccount:
    def test_it_is_for_those_who_signed_in(self, client):
        response = client.get("/account/you/")

        assert response["Location"] == "/account/login/?next=/account/you/"

    def test_it_shows_what_the_account_holds(self, client, ana):
        client.force_login(ana)
        services.visitor_claim(new_visitor_id(), account=ana)
        context = client.get("/account/you/").context

        assert context["email"] == "ana@example.org"
        assert context["totp_active"] is False
        assert [visitor.account_id for visitor in context["visitors"]] == [ana.pk]


class TestErase:
    def test_the_page_explains_and_erases_nothing(self, adult):
        response = adult.get("/erase/")

        assert response.templates[0].name == "identity/erase.html"
        assert response.context["signed_in"] is False
        assert Visitor.objects.count() == 1

    def test_the_visitor_and_its_cookie_go(self, adult):
        held = adult.cookies[COOKIE_NAME].value
        response = adult.post("/erase/")

        assert response.templates[0].name == "identity/erased.html"
        assert response.context["account_erased"] is False
        assert adult.cookies[COOKIE_NAME].value == ""
        assert not Visitor.objects.exists()
        assert not AgeCheck.objects.exists()
        adult.get("/age/")
        assert adult.cookies[COOKIE_NAME].value[:36] != held[:36]

    def test_the_account_stays_unless_asked(self, client, ana):
        client.force_login(ana)
        response = client.post("/erase/")

        assert response.context["account_erased"] is False
        assert Account.objects.get() == ana
        assert "_auth_user_id" not in client.session

    def test_the_account_goes_when_asked(self, client, ana):
        client.force_login(ana)
        elsewhere = new_visitor_id()
        services.visitor_claim(elsewhere, account=ana)
        response = client.post("/erase/", {"account": "on"})

        assert response.context["account_erased"] is True
        assert not Account.objects.exists()
        assert not Visitor.objects.exists()

    def test_nobody_erases_an_account_without_being_signed_in(self, adult, ana):
        response = adult.post("/erase/", {"account": "on"})

        assert response.context["account_erased"] is False
        assert Account.objects.get() == ana

    def test_it_needs_the_csrf_token(self, browser):
        assert browser.post("/erase/").status_code == 403


def test_two_addresses_are_two_strangers():
    """http://localhost and http://127.0.0.1 on one machine."""
    first, second = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="127.0.0.1")
    for browser in (first, second):
        browser.post("/age/", {"birth_date": ADULT})

    assert visitor_in(first) != visitor_in(second)
    assert Visitor.objects.count() == 2


def test_no_page_of_ours_keeps_the_birth_date(adult):
    stored = Visitor.objects.values().get() | AgeCheck.objects.values().get()

    assert date(1990, 5, 4) not in stored.values()
    assert ADULT not in str(stored)
