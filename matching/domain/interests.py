"""When two interests are the same, and how each side reads what they share.

What lives here: the key by which interests are compared. What may not: a
catalogue, related interests, or any judgement of what people name.

How it works. People write "Jazz", "jazz " or the full-width form of it and
mean one thing. The key folds compatibility forms, case and white space; what
people see stays their own spelling. Control and formatting characters, which
are invisible or turn text around, are taken out of both.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_JOINERS = {"\u200c", "\u200d"}
"""Zero-width (non-)joiners: part of correct spelling in Persian and of emoji."""


@dataclass(frozen=True, slots=True)
class Interest:
    """One interest: what it is compared by, and how its owner wrote it."""

    key: str
    spelling: str


def interest(written: str) -> Interest | None:
    """Read what a person wrote; `None` when nothing visible remains."""
    spelling = " ".join(_visible(written).split())
    folded = unicodedata.normalize("NFKC", spelling).casefold()
    key = unicodedata.normalize("NFKC", folded)
    for joiner in _JOINERS:
        key = key.replace(joiner, "")
    key = " ".join(key.split())
    return Interest(key, spelling) if key else None


def interests(written: Iterable[str]) -> tuple[Interest, ...]:
    """Read several, in order; of the same interest named twice the first stays."""
    read = (interest(one) for one in written)
    unique: dict[str, Interest] = {}
    for one in read:
        if one is not None:
            unique.setdefault(one.key, one)
    return tuple(unique.values())


def shared(own: Iterable[Interest], others: Iterable[Interest]) -> tuple[Interest, ...]:
    """Pick those of `own` that the others name too, in own order and spelling."""
    keys = {one.key for one in others}
    return tuple(one for one in own if one.key in keys)


def _visible(text: str) -> str:
    return "".join(
        " " if character in "\t\n\r\v\f\u2028\u2029" else character
        for character in text
        if character in _JOINERS
        or character.isspace()
        or unicodedata.category(character) not in _HIDDEN
    )
