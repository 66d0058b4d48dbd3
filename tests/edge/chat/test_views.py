"""The landing page, and the page where two strangers talk."""

import pytest

from tests.edge.chat.test_api import a_browser

pytestmark = pytest.mark.django_db


def test_the_landing_page_shows_measured_numbers(client):
    response = client.get("/")

    assert response.status_code == 200
    assert response.template_name == "chat/landing.html"
    assert response.context_data["status"]["online"] == 0
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("query", ["", "?mode=", "?mode=sms", "?mode=text%00"])
def test_without_a_mode_one_starts_at_the_beginning(client, query):
    response = client.get(f"/talk/{query}")

    assert (response.status_code, response["Location"]) == (302, "/")


def test_without_an_age_one_states_it_first(client):
    response = client.get("/talk/?mode=video")

    assert (response.status_code, response["Location"]) == (302, "/age/?mode=video")


def test_the_talk_page_gets_ones_own_preferences_and_no_id():
    client, headers = a_browser()
    client.patch(
        "/api/v1/visitors/me",
        '{"interests": ["Jazz"], "languages": ["de"], "region": "eu"}',
        content_type="application/json",
        headers=headers,
    )
    response = client.get("/talk/?mode=voice")

    assert response.template_name == "chat/talk.html"
    assert response.context_data["preferences"] == {
        "mode": "voice",
        "interests": ("Jazz",),
        "languages": ("de",),
        "region": "eu",
        "regions": (),
        "strictness": "balanced",
    }
    assert "csrftoken" in client.cookies
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("path", ["/", "/talk/?mode=text"])
def test_pages_are_read_only(client, path):
    assert client.post(path).status_code == 405
