import pytest
from django.core.management import call_command

from common import clock
from trust.services import franking_keys_rotate

pytestmark = pytest.mark.django_db


@pytest.fixture
def rotate(capsys):
    def run():
        call_command("rotate_franking_keys")
        return capsys.readouterr().out

    return run


def test_it_says_what_it_did(rotate):
    assert rotate().startswith("key 1 opens from 20")
    assert rotate() == "nothing was due\n"


def test_it_destroys_what_is_dead(rotate, monkeypatch):
    franking_keys_rotate(now=clock.now().replace(year=2020, day=1))

    assert "key 1 destroyed\n" in rotate()
