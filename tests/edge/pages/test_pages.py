"""Pages as a browser gets them."""

import json
import re

import pytest
from django.template import loader
from django.test import Client

from common.static_modules import module_closure

pytestmark = pytest.mark.django_db
OPEN_TO_ALL = ["/", "/age/?mode=text", "/erase/", "/account/login/", "/account/signup/"]


@pytest.fixture
def adult(client):
    client.post("/age/", {"birth_date": "1990-05-04"})
    return client


def text_of(response):
    return response.content.decode()


@pytest.mark.parametrize("path", OPEN_TO_ALL)
def test_a_page_has_one_heading_a_language_and_a_way_past_its_header(client, path):
    page = text_of(client.get(path))

    assert '<html lang="en" dir="ltr">' in page
    assert page.count("<h1") == 1
    assert 'href="#main"' in page
    assert page.count('<main id="main"') == 1


@pytest.mark.parametrize("path", OPEN_TO_ALL)
def test_a_page_names_no_other_site(client, path):
    found = re.findall(r'(?:src|href|action)="([^"#]+)"', text_of(client.get(path)))

    assert [
        url for url in found if not url.startswith("/") or url.startswith("//")
    ] == []


def test_the_landing_page_has_a_door_for_each_mode(client):
    page = text_of(client.get("/"))
    doors = dict(re.findall(r'data-mode="(\w+)" href="([^"]+)"', page))

    assert doors == {
        "text": "/age/?mode=text",
        "voice": "/age/?mode=voice",
        "video": "/age/?mode=video",
    }


def test_the_landing_page_says_when_nobody_is_here(client):
    assert "Nobody is waiting or talking here right now" in text_of(client.get("/"))


def test_the_landing_page_needs_no_script(client):
    scripts = re.findall(r"<script[^>]*>", text_of(client.get("/")))

    # The one that there is lets the site be installed, and does nothing to the page.
    assert [script for script in scripts if "js/pages/install." not in script] == []


def test_the_age_page_does_not_hint_at_the_age_it_wants(client):
    assert "18" not in re.sub(r'"[^"]*"', "", text_of(client.get("/age/?mode=text")))


def test_a_wrong_date_is_told_beside_its_field(client):
    page = text_of(client.post("/age/", {"birth_date": "4000-01-01"}))

    assert 'id="id_birth_date_error"' in page
    assert 'aria-invalid="true"' in page


def test_a_child_is_turned_away_kindly(client):
    response = client.post("/age/", {"birth_date": "2020-01-01"})

    assert response.status_code == 403
    assert "This place is for adults." in text_of(response)


def test_the_interests_page_offers_choices_as_chips(adult):
    page = text_of(adult.get("/interests/?mode=video"))

    assert 'type="checkbox"\n               name="languages"\n' in page
    assert 'value="strict"' in page
    assert 'href="/talk/?mode=video"' in page


def test_scripts_of_a_page_run_under_its_own_policy(adult):
    response = adult.get("/talk/?mode=video")
    nonce = re.search(r"'nonce-([^']+)'", response["Content-Security-Policy"])[1]
    scripts = re.findall(r"<script([^>]*)>", text_of(response))
    running = [
        attributes for attributes in scripts if "application/json" not in attributes
    ]

    assert running[0] == f' type="importmap" nonce="{nonce}"'
    assert [attributes for attributes in running[1:] if " src=" not in attributes] == []
    assert "unsafe-inline" not in response["Content-Security-Policy"]


def test_the_talk_page_fetches_all_of_its_modules_at_once(adult):
    page = text_of(adult.get("/talk/?mode=text"))
    ahead = re.findall(r'rel="modulepreload" href="/static/([^"]+)"', page)
    plain = {re.sub(r"\.\w{12}\.js$", ".js", name) for name in ahead}

    assert plain | {"js/chat/main.js"} == set(module_closure("js/chat/main.js"))


def test_the_talk_page_carries_what_the_visitor_asks_for(adult):
    adult.post(
        "/interests/?mode=voice",
        {"interests": "</script>, chess", "languages": ["en"], "strictness": "open"},
    )
    page = text_of(adult.get("/talk/?mode=voice"))
    embedded = re.search(r'<script id="preferences"[^>]*>(.*?)</script>', page)[1]
    preferences = json.loads(embedded)

    assert preferences["mode"] == "voice"
    assert preferences["interests"] == ["</script>", "chess"]
    assert preferences["strictness"] == "open"


@pytest.mark.parametrize(
    ("mode", "told"), [("text", False), ("voice", True), ("video", True)]
)
def test_before_a_device_opens_the_address_is_spoken_of(adult, mode, told):
    page = text_of(adult.get(f"/talk/?mode={mode}"))
    threshold = page[: page.index('data-stages="connecting')]

    assert ("your partner's device will learn your IP address" in threshold) is told
    assert ('data-action="prepare"' in threshold) is told


def test_a_page_that_is_not_there_says_so(client):
    response = client.get("/no/such/page/")

    assert response.status_code == 404
    assert "Nothing here but dark." in text_of(response)


def test_a_form_without_this_sites_mark_is_explained():
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/age/", {"birth_date": "1990-05-04"})

    assert response.status_code == 403
    assert "We could not be sure that it was you." in text_of(response)


@pytest.mark.parametrize("template", ["400.html", "403.html", "404.html", "500.html"])
def test_an_error_page_needs_nothing_but_itself(template):
    page = loader.get_template(template).render()

    assert page.count("<h1") == 1
    assert "<nav" not in page


def test_the_sign_in_pages_wear_the_same_look(client):
    for path in ("/account/login/", "/account/signup/", "/account/login/code/"):
        page = text_of(client.get(path))

        assert 'class="name-mark"' in page
        assert 'class="button button--main"' in page
