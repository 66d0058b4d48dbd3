"""Remembering that two people met, without remembering who.

What lives here: the mark of a pair. What may not: the list of marks, which a
store keeps and forgets, or how long (`policy`).

How it works. A mark is a keyed hash of both persons in a fixed order. Whoever
reads the store without the key learns nothing; whoever has two persons and
the key can ask whether these two met.
"""

import hashlib
import hmac

from common.ids import PersonId

MARK_BYTES = 16
"""128 bits: no two pairs of a quarter of an hour share a mark by chance."""


def pair_mark(one: PersonId, other: PersonId, *, key: bytes) -> bytes:
    """Compute the mark of two persons, the same either way round."""
    both = b"".join(sorted((one.bytes, other.bytes)))
    return hmac.digest(key, both, hashlib.sha256)[:MARK_BYTES]
