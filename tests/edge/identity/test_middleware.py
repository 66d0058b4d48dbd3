import pytest
from django.http import HttpResponse, JsonResponse
from django.test import RequestFactory

from identity import cookie
from identity.middleware import visitor
from identity.models import Visitor

pytestmark = pytest.mark.django_db


def ask(value=None, view=HttpResponse, **headers):
    """Send one request through the middleware; return what the view saw."""
    request = RequestFactory().get("/", headers=headers)
    if value is not None:
        request.COOKIES[cookie.COOKIE_NAME] = value
    response = visitor(lambda request: view())(request)
    return request.visitor_id, response


def cookie_of(response):
    return response.cookies.get(cookie.COOKIE_NAME)


def test_the_first_page_brings_the_cookie_and_stores_nothing():
    visitor_id, response = ask()

    assert cookie_of(response).value.startswith(str(visitor_id))
    assert not Visitor.objects.exists()


def test_the_cookie_brings_the_same_visitor_back():
    visitor_id, first = ask()
    again, second = ask(cookie_of(first).value)

    assert again == visitor_id
    assert cookie_of(second) is None


def test_every_newcomer_is_someone_else():
    assert ask()[0] != ask()[0]


def test_the_cookie_is_shut_to_scripts_and_other_sites(settings):
    held = cookie_of(ask()[1])

    assert held["httponly"] is True
    assert held["samesite"] == "Lax"
    assert held["max-age"] == 400 * 24 * 3600
    assert held["path"] == "/"
    assert held["secure"] == ""

    settings.HTTPS_ONLY = True
    assert cookie_of(ask()[1])["secure"] is True


def test_the_cookie_belongs_to_one_host_alone():
    """http://localhost and http://127.0.0.1 are two jars: two strangers."""
    assert cookie_of(ask()[1])["domain"] == ""


@pytest.mark.parametrize("forged", ["", "x", "a:b:c", "0" * 36, "\x00", ":" * 50])
def test_a_forged_cookie_is_nobodys(forged):
    visitor_id, response = ask(forged)

    assert cookie_of(response).value.startswith(str(visitor_id))


def test_a_cookie_signed_for_another_purpose_is_nobodys():
    other = HttpResponse()
    other.set_signed_cookie(cookie.COOKIE_NAME, "x" * 36, salt="other")

    assert ask(other.cookies[cookie.COOKIE_NAME].value)[0]


def test_a_flipped_letter_makes_it_nobodys():
    visitor_id, response = ask()
    value = cookie_of(response).value

    assert ask(("1" if value[0] != "1" else "2") + value[1:])[0] != visitor_id


def test_only_pages_bring_a_cookie():
    assert cookie_of(ask(view=lambda: JsonResponse({}))[1]) is None
    assert (
        cookie_of(ask(view=lambda: HttpResponse(status=204, content_type=""))[1])
        is None
    )


def test_an_erased_visitor_leaves_without_a_cookie_and_is_nobody_known():
    request = RequestFactory().get("/")

    def erase(request):
        cookie.forget_visitor(request)
        return HttpResponse()

    response = visitor(erase)(request)

    assert cookie_of(response)["max-age"] == 0
    assert cookie_of(response).value == ""
    assert cookie.visitor_of(request) == request.visitor_id
