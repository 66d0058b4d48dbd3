"""What two processes of one site tell each other about a conversation.

What lives here: the kinds of such news and their bytes. What may not: what
follows from them (`chat.switchboard`), or how they travel (`link.py`).

How it works. A conversation lives in one process, its home; a socket on another
process is known there by that process's number for it. Each frame is one head
and what belongs to its kind:

    kind u8 || socket u64 || conversation[16] || payload
"""

import struct
from enum import IntEnum
from typing import NamedTuple

from common.ids import ConversationId

_HEAD = struct.Struct(">BQ16s")
_RESUME = struct.Struct(">BHQ")
_SLOT = struct.Struct(">H")
NO_SOCKET = 0
"""Sockets count from 1."""


class PassageError(ValueError):
    """These bytes are no passage."""


class Kind(IntEnum):
    """From the home to the socket's process, then the other way."""

    GIVE_TEXT = 0x01
    """Send this JSON."""
    GIVE_RECORD = 0x02
    """Send this record."""
    REFUSE = 0x03
    """Send this JSON, an `error`, and count it as malformed."""
    LET_GO = 0x04
    """The conversation is over for this socket."""
    CLOSE = 0x05
    """Close it, with this code."""
    INVITE = 0x06
    """Payload is a ticket: is its socket still here and free?"""
    UNINVITE = 0x07
    """Its partner is gone: let it wait again."""
    SEAT = 0x08
    """Two who parted meet again."""
    HAND_OVER = 0x09
    """The home drains: here is the whole conversation, go on with it."""
    UNKNOWN = 0x0A
    """The conversation is not here, or not any more."""
    NOBODY_COMES = 0x0B
    """Payload is a ticket: it was matched with one who has left."""

    HEAR_TEXT = 0x21
    HEAR_RECORD = 0x22
    """What the client sent."""
    LOST = 0x23
    """The socket is gone."""
    ACCEPT = 0x24
    """The answer to `INVITE`: slot and badges."""
    DECLINE = 0x25
    RESUME = 0x26
    """The socket resumes: role, slot, received."""
    AGAIN = 0x27
    """It wishes to meet its last partner again: slot."""
    LEAVE_FOR = 0x28
    """Another socket of its visitor leaves: role, JSON."""


class Passage(NamedTuple):
    """One of them, read."""

    kind: Kind
    socket: int
    conversation: ConversationId
    payload: bytes


class Place(NamedTuple):
    """Which side resumes, where, from what."""

    role: int
    slot: int
    received: int


def write(
    kind: Kind, socket: int, conversation: ConversationId, payload: bytes = b""
) -> bytes:
    """Write one; `socket` is the number that the socket's process gave it."""
    return _HEAD.pack(kind, socket, conversation) + payload


def read(raw: bytes) -> Passage:
    """Read one.

    Raises:
        PassageError: it is too short, or of no known kind.

    """
    try:
        kind, socket, conversation = _HEAD.unpack_from(raw)
        known = Kind(kind)
    except (struct.error, ValueError) as error:
        raise PassageError from error
    return Passage(known, socket, ConversationId(conversation), raw[_HEAD.size :])


def write_place(place: Place) -> bytes:
    """Write the payload of `RESUME`."""
    return _RESUME.pack(*place)


def read_place(payload: bytes) -> Place:
    """Read the payload of `RESUME`.

    Raises:
        PassageError: any other length.

    """
    if len(payload) != _RESUME.size:
        raise PassageError
    return Place(*_RESUME.unpack(payload))


def write_number(number: int) -> bytes:
    """Write a slot or a close code, u16."""
    return _SLOT.pack(number)


def read_number(payload: bytes) -> tuple[int, bytes]:
    """Read a slot or a close code, and what follows it.

    Raises:
        PassageError: it is too short.

    """
    if len(payload) < _SLOT.size:
        raise PassageError
    return _SLOT.unpack_from(payload)[0], payload[_SLOT.size :]
