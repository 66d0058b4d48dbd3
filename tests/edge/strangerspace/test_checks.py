import pytest
from django.core.checks import run_checks


def ids():
    return {message.id for message in run_checks()}


def test_the_defaults_are_fine():
    assert not {"strangerspace.E001", "strangerspace.E002"} & ids()


@pytest.mark.parametrize(("years", "refused"), [(17, True), (18, False), (21, False)])
def test_an_age_floor_below_18_is_refused(settings, years, refused):
    settings.AGE_FLOOR_YEARS = years

    assert ("strangerspace.E001" in ids()) is refused


def test_a_wildcard_host_is_refused(settings):
    settings.ALLOWED_HOSTS = ["example.org", "*"]

    assert "strangerspace.E002" in ids()
