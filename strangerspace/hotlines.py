"""Where people find help: services by country, kept as data.

`hotlines.json` lists well-known public services. Numbers change: whoever edits
the file checks each against the service's own page and moves `compiled_on`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SOURCE = Path(__file__).with_name("hotlines.json")


class Concern(StrEnum):
    """What a service is there for."""

    CRISIS = "crisis"
    YOUNG = "young"
    IMAGES = "images"
    CHILD_ABUSE = "child_abuse"
    DIRECTORY = "directory"

    @property
    def words(self) -> Promise:
        """Name it for readers."""
        return _CONCERNS[self]


_CONCERNS: Mapping[Concern, Promise] = {
    Concern.CRISIS: _("someone to talk to, in a crisis or before"),
    Concern.YOUNG: _("for children and young people"),
    Concern.IMAGES: _("intimate images, sextortion, abuse online"),
    Concern.CHILD_ABUSE: _("report pictures of child abuse"),
    Concern.DIRECTORY: _("finds a helpline near you"),
}

_COUNTRIES: Mapping[str, Promise] = {
    "AT": _("Austria"),
    "AU": _("Australia"),
    "BE": _("Belgium"),
    "BR": _("Brazil"),
    "CA": _("Canada"),
    "CH": _("Switzerland"),
    "DE": _("Germany"),
    "DK": _("Denmark"),
    "ES": _("Spain"),
    "FI": _("Finland"),
    "FR": _("France"),
    "GB": _("United Kingdom"),
    "IE": _("Ireland"),
    "IN": _("India"),
    "IT": _("Italy"),
    "JP": _("Japan"),
    "MX": _("Mexico"),
    "NL": _("Netherlands"),
    "NO": _("Norway"),
    "NZ": _("New Zealand"),
    "PL": _("Poland"),
    "PT": _("Portugal"),
    "SE": _("Sweden"),
    "US": _("United States"),
    "ZA": _("South Africa"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service: its own name, in the language it answers in."""

    name: str
    concern: Concern
    lang: str
    """BCP 47 tag of the name."""
    url: str
    phone: str = ""

    @property
    def tel(self) -> str:
        """The number as a phone dials it."""
        return "".join(sign for sign in self.phone if sign.isdigit() or sign == "+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """A country, how to call an ambulance or the police, and its services."""

    code: str
    emergency: tuple[str, ...]
    services: tuple[Service, ...]

    @property
    def name(self) -> Promise:
        """Its name for readers."""
        return _COUNTRIES[self.code]


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Everything we list, and when it was put together."""

    compiled_on: date
    everywhere: tuple[Service, ...]
    countries: tuple[Country, ...]


@cache
def directory() -> Directory:
    """Read the list once; a wrong file fails loudly."""
    return parse(json.loads(SOURCE.read_text(encoding="utf-8")))


def parse(listed: Mapping[str, Any]) -> Directory:
    """Check and type what the file says.

    Raises:
        KeyError, TypeError, ValueError: something is missing, unknown or of
            another kind.

    """
    return Directory(
        compiled_on=date.fromisoformat(listed["compiled_on"]),
        everywhere=tuple(map(_service, listed["everywhere"])),
        countries=tuple(map(_country, listed["countries"])),
    )


def _country(listed: Mapping[str, Any]) -> Country:
    code = str(listed["code"])
    if code not in _COUNTRIES:
        raise ValueError(f"no name for country {code}")
    return Country(
        code=code,
        emergency=tuple(map(str, listed["emergency"])),
        services=tuple(map(_service, listed["services"])),
    )


def _service(listed: Mapping[str, Any]) -> Service:
    return Service(**{**listed, "concern": Concern(listed["concern"])})
