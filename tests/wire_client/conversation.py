"""One conversation as one side sees it: keys, what was sent, what came in."""

import os
from dataclasses import dataclass, field
from typing import Any

from tests.wire_client import franking, records
from tests.wire_client.bytes64 import to_bytes, to_text
from tests.wire_client.franking import Direction, Payload, Sealed
from tests.wire_client.handshake import (
    OTHER_ROLE,
    IntegrityError,
    Keys,
    Reveal,
    Side,
    check_reveal,
    commitment,
    derive,
    safety_indices,
)
from tests.wire_client.opening import DroppedError, Inbox
from tests.wire_client.stamps import Stamp, follows
from tests.wire_client.suites import KeyPair, fresh_key

NO_SLOT = 0
"""Slots count from 1."""


@dataclass(slots=True)
class Conversation:
    """What `conversation.matched` named, and everything that follows from it."""

    matched: dict[str, Any]
    suites: bytes
    fingerprint: bytes
    key: KeyPair = field(init=False)
    ours: Side = field(init=False)
    theirs: Side | None = None
    keys: Keys | None = None
    inbox: Inbox | None = None
    sealed: dict[int, Sealed] = field(default_factory=dict)
    stamps: dict[int, Stamp] = field(default_factory=dict)
    sent: int = 0
    acked: int = 0
    told: int = 0
    slot: int = field(init=False)

    def __post_init__(self) -> None:
        """Draw a key of the named suite and commit to it."""
        self.slot = int(self.matched["slot"])
        self.key = fresh_key(self.matched["suite"])
        reveal = Reveal(
            suites=self.suites,
            suite=self.key.suite,
            public_key=self.key.public,
            fingerprint=self.fingerprint,
            random=os.urandom(32),
        )
        own = commitment(reveal, sid=self.sid, role=self.role)
        self.ours = Side(reveal=reveal, commitment=own)

    @property
    def name(self) -> str:
        """The conversation id as it stands in JSON frames."""
        return str(self.matched["conversation"])

    @property
    def sid(self) -> bytes:
        """The conversation id as bytes."""
        return to_bytes(self.name)

    @property
    def received(self) -> int:
        """How many of the partner's messages were received and verified."""
        return 0 if self.inbox is None else self.inbox.expected

    @property
    def resume_token(self) -> str:
        """What names this side of this conversation to the server."""
        return str(self.matched["resume_token"])

    @property
    def role(self) -> str:
        """A or B."""
        return str(self.matched["role"])

    @property
    def safety_code(self) -> tuple[int, ...]:
        """Seven indices into the published list of emoji."""
        assert self.keys is not None
        return safety_indices(self.keys.sas)

    def commit_fields(self) -> dict[str, str]:
        """Write the fields of our `e2e.commit`."""
        return {"commitment": to_text(self.ours.commitment)}

    def reveal_fields(self) -> dict[str, object]:
        """Write the fields of our `e2e.reveal`."""
        reveal = self.ours.reveal
        return {
            "suites": to_text(reveal.suites),
            "suite": reveal.suite,
            "public_key": to_text(reveal.public_key),
            "fingerprint": to_text(reveal.fingerprint),
            "random": to_text(reveal.random),
        }

    def confirm_fields(self) -> dict[str, str]:
        """Write the fields of our `e2e.confirm`."""
        assert self.keys is not None
        return {"mac": to_text(self.keys.confirmation(self.role))}

    def take_reveal(self, their_commitment: str, frame: dict[str, Any]) -> None:
        """Check the partner's reveal against its commitment; derive the keys."""
        reveal = Reveal(
            suites=to_bytes(frame["suites"]),
            suite=frame["suite"],
            public_key=to_bytes(frame["public_key"]),
            fingerprint=to_bytes(frame["fingerprint"]),
            random=to_bytes(frame["random"]),
        )
        their_role = OTHER_ROLE[self.role]
        self.theirs = Side(reveal=reveal, commitment=to_bytes(their_commitment))
        check_reveal(
            self.theirs,
            ours=self.ours,
            sid=self.sid,
            their_role=their_role,
            named_suite=self.matched["suite"],
        )
        sides = {self.role: self.ours, their_role: self.theirs}
        self.keys = derive(self.key, sid=self.sid, sides=sides, own_role=self.role)
        self.inbox = Inbox(self.direction(their_role), kid=self.matched["kid"])

    def take_confirm(self, frame: dict[str, Any]) -> None:
        """Check that the partner derived the same keys."""
        assert self.keys is not None
        if to_bytes(frame["mac"]) != self.keys.confirmation(OTHER_ROLE[self.role]):
            raise IntegrityError("the partner derived other keys")

    def direction(self, role: str) -> Direction:
        """Give the keys of what side `role` sends."""
        assert self.keys is not None
        key, iv = self.keys.key[role], self.keys.iv[role]
        return Direction(sid=self.sid, role=role, key=key, iv=iv)

    def seal(self, body: bytes, *, kind: int = franking.TEXT) -> Sealed:
        """Number and seal a message, for good."""
        seen = self.told - 1 if self.told else franking.NOTHING_SEEN
        payload = Payload(kind=kind, seq=len(self.sealed), peer_seen=seen, body=body)
        sealed = franking.seal(self.direction(self.role), payload, key=os.urandom(32))
        self.sealed[sealed.seq] = sealed
        return sealed

    def message(self, sealed: Sealed) -> bytes:
        """Write the MESSAGE record of a sealed message for this socket."""
        self.sent = max(self.sent, sealed.seq + 1)
        return records.message(slot=self.slot, seq=sealed.seq, c=sealed.c, ct=sealed.ct)

    def open(self, deliver: records.Deliver) -> Payload | None:
        """Open a message; one that was received before is nothing."""
        assert self.inbox is not None
        if deliver.seq < self.inbox.expected:
            return None
        return self.inbox.open(
            seq=deliver.seq,
            c=deliver.c,
            stamp=deliver.stamp,
            ct=deliver.ct,
            sent=len(self.sealed),
        )

    def resume_fields(self) -> dict[str, object]:
        """Write the fields of our `resume`; until its answer no slot is ours."""
        self.slot, self.told = NO_SLOT, max(self.told, self.received)
        return {"resume_token": self.resume_token, "received": self.received}

    def take_resumed(self, frame: dict[str, Any]) -> None:
        """Go on with a newer socket, if what the server still knows can be true."""
        accepted, acked = frame["accepted"], frame["acked"]
        if not self.acked <= accepted <= self.sent or acked > accepted:
            raise IntegrityError("the server has other messages than were sent")
        self.slot, self.acked = frame["slot"], max(self.acked, acked)

    def take_acked(self, number: int) -> None:
        """Note what the partner has; it never has what was not sent."""
        if number > self.sent:
            raise IntegrityError("acknowledged what was never sent")
        self.acked = max(self.acked, number)

    def take_stamp(self, stamped: records.Stamped) -> None:
        """Keep the receipt of an own message; a later one replaces it."""
        before = self.stamps.get(stamped.seq - 1)
        if not follows(stamped.stamp, before, kid=self.matched["kid"]):
            raise DroppedError("R10")
        self.stamps[stamped.seq] = stamped.stamp
