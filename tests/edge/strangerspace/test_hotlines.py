"""The list of helplines: complete, well formed, and refused when it is not."""

import json
import re
from datetime import date

import pytest

from strangerspace.hotlines import SOURCE, Concern, directory, parse

LISTED = json.loads(SOURCE.read_text(encoding="utf-8"))


def services():
    listed = directory()
    return [
        *listed.everywhere,
        *(service for country in listed.countries for service in country.services),
    ]


def changed(**fields):
    service = {**LISTED["everywhere"][0], **fields}
    return {**LISTED, "everywhere": [service]}


@pytest.mark.parametrize("service", services(), ids=lambda service: service.name)
def test_a_service_can_be_reached(service):
    assert service.name.strip()
    assert re.fullmatch(r"https://[a-z0-9.-]+/\S*", service.url)
    assert re.fullmatch(r"[a-z]{2}", service.lang)
    assert re.fullmatch(r"(\d{3,11})?", service.tel)
    assert re.fullmatch(r"[\d -]*", service.phone)


@pytest.mark.parametrize(
    "country", directory().countries, ids=lambda country: country.code
)
def test_a_country_has_an_emergency_number_and_somebody_to_talk_to(country):
    concerns = {service.concern for service in country.services}

    assert str(country.name)
    assert country.emergency
    assert all(re.fullmatch(r"\d{3,5}", number) for number in country.emergency)
    assert Concern.CRISIS in concerns
    assert all(
        service.tel for service in country.services if service.concern is Concern.CRISIS
    )


def test_every_concern_has_a_place_for_people_of_any_country():
    everywhere = {service.concern for service in directory().everywhere}

    assert everywhere == set(Concern) - {Concern.CRISIS}


def test_no_country_is_listed_twice():
    codes = [country.code for country in directory().countries]

    assert len(codes) == len(set(codes))


def test_the_list_says_when_it_was_put_together():
    assert directory().compiled_on >= date(2026, 11, 22)


def test_every_concern_has_words():
    assert len({str(concern.words) for concern in Concern}) == len(Concern)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (changed(concern="weather"), ValueError),
        (changed(fax="1"), TypeError),
        ({**LISTED, "compiled_on": "lately"}, ValueError),
        ({"compiled_on": "2026-01-01", "everywhere": []}, KeyError),
        (
            {**LISTED, "countries": [{"code": "ZZ", "emergency": [], "services": []}]},
            ValueError,
        ),
    ],
)
def test_a_wrong_list_is_refused(wrong, error):
    with pytest.raises(error):
        parse(wrong)
