"""Reading one field of a JSON frame: strict about what is there.

Unknown fields are ignored, as the protocol says; a known field of the wrong
type, size or wording refuses the frame. Nothing of a refused frame is kept.
"""

import json
import math
from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeVar

from chat.domain.codes import FrameRefusedError
from common.encoding import b64u_decode

E = TypeVar("E", bound=Enum)
Fields = Mapping[str, Any]


def parse(frame: str) -> Fields:
    """Read a JSON object whose every string can be written again.

    Raises:
        FrameRefusedError: not JSON (RFC 8259), not an object, or with half of
            a surrogate pair in it, which is no character and no UTF-8.

    """
    try:
        value = json.loads(frame, parse_constant=_not_json)
        if "\\u" in frame:
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise FrameRefusedError
    return value


def text(fields: Fields, name: str, *, most: int) -> str:
    """Read a string of at most so many characters."""
    value = fields.get(name)
    if not isinstance(value, str) or len(value) > most:
        raise FrameRefusedError
    return value


def optional_text(fields: Fields, name: str, *, most: int) -> str | None:
    """Read a string that may be missing or null."""
    return None if fields.get(name) is None else text(fields, name, most=most)


def texts(fields: Fields, name: str, *, most: int, each: int) -> tuple[str, ...]:
    """Read a list of strings, bounded both ways; missing means empty."""
    value = fields.get(name, [])
    if not isinstance(value, list) or len(value) > most:
        raise FrameRefusedError
    if not all(isinstance(item, str) and len(item) <= each for item in value):
        raise FrameRefusedError
    return tuple(value)


def numbers(fields: Fields, name: str, *, most: int) -> tuple[int, ...] | None:
    """Read a list of integers; `None` when it is missing."""
    value = fields.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or len(value) > most:
        raise FrameRefusedError
    if not all(type(item) is int for item in value):
        raise FrameRefusedError
    return tuple(value)


def word(fields: Fields, name: str, words: type[E]) -> E:
    """Read one of a closed set of words."""
    try:
        return words(text(fields, name, most=32))
    except ValueError as error:
        raise FrameRefusedError from error


def optional_word(fields: Fields, name: str, words: type[E]) -> E | None:
    """Read one of a closed set of words; missing or null is `None`."""
    return None if fields.get(name) is None else word(fields, name, words)


def raw(fields: Fields, name: str, *, least: int, most: int) -> bytes:
    """Read bytes written as base64url without padding."""
    try:
        value = b64u_decode(text(fields, name, most=most * 2))
    except ValueError as error:
        raise FrameRefusedError from error
    if not least <= len(value) <= most:
        raise FrameRefusedError
    return value


def exactly(fields: Fields, name: str, size: int) -> bytes:
    """Read so many bytes."""
    return raw(fields, name, least=size, most=size)


def flag(fields: Fields, name: str) -> bool:
    """Read true or false."""
    value = fields.get(name)
    if not isinstance(value, bool):
        raise FrameRefusedError
    return value


def count(fields: Fields, name: str, *, below: int) -> int:
    """Read an integer of 0 or more."""
    value = fields.get(name)
    if type(value) is not int or not 0 <= value < below:
        raise FrameRefusedError
    return value


def scalar(fields: Fields, name: str, *, most: int) -> str | int | float:
    """Read a string or a number, to be sent back as it is."""
    value = fields.get(name)
    if isinstance(value, str) and len(value) <= most:
        return value
    if type(value) is int and abs(value) < 1 << 64:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    raise FrameRefusedError


def _not_json(constant: str) -> float:
    raise ValueError(constant)
