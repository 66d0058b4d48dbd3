"""What a person may say about themselves and whom they hope to meet.

What lives here: the shape of languages, regions, interests and strictness, and
their cleaning. What may not: sentences for people (the edges word them), the
database, anything about a partner.

How it works: each function takes what was sent and returns it clean, or raises
`PreferenceError`, which names the field, the reason and the limit.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from enum import StrEnum

from typing_extensions import override

from common.errors import ClientFaultError
from common.vocabulary import Region, Strictness
from identity.domain.policy import IdentityPolicy

# RFC 5646 §2.1 without the grandfathered and private tags, which no list of
# languages shows: language[-script][-region][-variant…].
_LANGUAGE_TAG = re.compile(
    r"[a-z]{2,3}"
    r"(?:-[a-z]{4})?"
    r"(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*",
    re.ASCII,
)
_LANGUAGE_TAG_CHARACTERS = 35  # RFC 5646 §4.4.1: what a field should hold
_SCRIPT_CHARACTERS = 4
_REGION_CHARACTERS = 2

# Joiners stay: Persian words and many emoji are spelt with them.
_JOINERS = "\u200c\u200d"
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs"})


class PreferenceFault(StrEnum):
    """Why something was not taken."""

    NOT_A_LANGUAGE = "not_a_language"
    NOT_A_REGION = "not_a_region"
    TOO_MANY = "too_many"
    TOO_LONG = "too_long"
    STRICT_ABOUT_NOTHING = "strict_about_nothing"


class PreferenceError(ClientFaultError):
    """A preference is not one."""

    def __init__(
        self, fault: PreferenceFault, *, field: str, value: str = "", limit: int = 0
    ) -> None:
        """Keep what a sentence about it needs."""
        super().__init__(fault.value)
        self.fault = fault
        self.field = field
        self.value = value
        self.limit = limit

    @override
    def __str__(self) -> str:
        return f"{self.field}: {self.fault}"


def clean_languages(tags: Sequence[str], *, policy: IdentityPolicy) -> tuple[str, ...]:
    """Check BCP 47 tags, spell them as RFC 5646 §2.1.1 does, drop repeats.

    Raises:
        PreferenceError: a tag is malformed, or there are too many.

    """
    cleaned = _unique(_language(tag) for tag in tags)
    return _at_most(cleaned, policy.languages, field="languages")


def clean_region(code: str) -> Region | None:
    """Read a region; an empty code is none.

    Raises:
        PreferenceError: there is no such region.

    """
    return _region(code, field="region") if code else None


def clean_regions(codes: Sequence[str]) -> tuple[Region, ...]:
    """Read wanted regions, without repeats; none means anywhere.

    Raises:
        PreferenceError: there is no such region.

    """
    return tuple(dict.fromkeys(_region(code, field="regions") for code in codes))


def clean_interests(texts: Sequence[str], *, policy: IdentityPolicy) -> tuple[str, ...]:
    """Tidy the spelling of interests; drop empty ones and repeats.

    Spaces are collapsed, unseen characters dropped, letters composed (NFC);
    two spellings that differ in case or compatibility forms alone are one.

    Raises:
        PreferenceError: one is too long, or there are too many.

    """
    first_spelling: dict[str, str] = {}
    for text in filter(None, map(_tidy, texts)):
        first_spelling.setdefault(_same_interest(text), text)
    cleaned = tuple(first_spelling.values())
    for text in cleaned:
        if len(text) > policy.interest_characters:
            raise PreferenceError(
                PreferenceFault.TOO_LONG,
                field="interests",
                value=text,
                limit=policy.interest_characters,
            )
    return _at_most(cleaned, policy.interests, field="interests")


def check_strictness(
    strictness: Strictness, *, languages: Sequence[str], interests: Sequence[str]
) -> None:
    """Refuse to be strict about nothing (protocol.md §1).

    Raises:
        PreferenceError: strict, with neither a language nor an interest.

    """
    if settled_strictness(strictness, about=[*languages, *interests]) is not strictness:
        raise PreferenceError(PreferenceFault.STRICT_ABOUT_NOTHING, field="strictness")


def settled_strictness(strictness: Strictness, *, about: Sequence[str]) -> Strictness:
    """Say what strictness comes to once `about` is all it could demand."""
    about_nothing = strictness is Strictness.STRICT and not about
    return Strictness.BALANCED if about_nothing else strictness


def _language(tag: str) -> str:
    lowered = tag.strip().replace("_", "-").lower()
    if len(lowered) > _LANGUAGE_TAG_CHARACTERS or not _LANGUAGE_TAG.fullmatch(lowered):
        raise PreferenceError(
            PreferenceFault.NOT_A_LANGUAGE, field="languages", value=tag
        )
    language, *others = lowered.split("-")
    return "-".join([language, *map(_subtag_spelling, others)])


def _subtag_spelling(subtag: str) -> str:
    if len(subtag) == _SCRIPT_CHARACTERS and subtag.isalpha():
        return subtag.title()
    return subtag.upper() if len(subtag) == _REGION_CHARACTERS else subtag


def _region(code: str, *, field: str) -> Region:
    try:
        return Region(code)
    except ValueError as error:
        raise PreferenceError(
            PreferenceFault.NOT_A_REGION, field=field, value=code
        ) from error


def _tidy(text: str) -> str:
    spaced = "".join(" " if char.isspace() else char for char in text)
    seen = "".join(char for char in spaced if not _is_unseen(char))
    return unicodedata.normalize("NFC", " ".join(seen.split()).strip(_JOINERS + " "))


def _is_unseen(char: str) -> bool:
    return char not in _JOINERS and unicodedata.category(char) in _UNSEEN


def _same_interest(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _unique(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))


def _at_most(items: tuple[str, ...], limit: int, *, field: str) -> tuple[str, ...]:
    if len(items) > limit:
        raise PreferenceError(PreferenceFault.TOO_MANY, field=field, limit=limit)
    return items
