import pytest

from common import clock
from tests.edge.staff import moderator_at
from trust.models import FrankingKey
from trust.services import franking_keys_rotate

pytestmark = pytest.mark.django_db
LIST = "/admin/trust/frankingkey/"


@pytest.fixture
def desk(client):
    moderator_at(client)
    franking_keys_rotate(now=clock.now())
    return client


def test_keys_are_listed_with_their_times(desk):
    page = desk.get(LIST)

    assert page.status_code == 200
    assert b"icon-yes" in page.content


def test_no_page_shows_a_key(desk):
    row = FrankingKey.objects.get()
    for path in (LIST, f"{LIST}{row.kid}/change/"):
        page = desk.get(path)

        assert page.status_code == 200
        assert b"wrapped" not in page.content


@pytest.mark.parametrize("path", ["add/", "1/delete/"])
def test_nobody_makes_or_destroys_a_key_by_hand(desk, path):
    assert desk.get(LIST + path).status_code == 403


def test_nobody_changes_a_key(desk):
    before = FrankingKey.objects.values().get()

    assert desk.post(f"{LIST}1/change/", {"kid": 9}).status_code == 403
    assert FrankingKey.objects.values().get() == before
