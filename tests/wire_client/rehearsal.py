"""Two sides of one conversation without a server between them."""

import os

from tests.wire_client.conversation import Conversation
from tests.wire_client.suites import X25519

SID = "AAECAwQFBgcICQoLDA0ODw"


def talk(
    role: str, *, suite: int = X25519, suites: bytes = b"\x01\x02"
) -> Conversation:
    """Take one side, as `conversation.matched` would name it."""
    matched = {"conversation": SID, "slot": 1, "role": role, "suite": suite, "kid": 1}
    matched |= {"resume_token": f"token of {role}"}
    return Conversation(matched, suites, os.urandom(32))


def exchange(ana: Conversation, bo: Conversation) -> None:
    """Let both see the other's commitment and reveal."""
    for one, other in ((ana, bo), (bo, ana)):
        one.take_reveal(other.commit_fields()["commitment"], other.reveal_fields())
