"""Who is old enough, and what a second statement changes.

What lives here: the reading of a birth date on a given day, and the verdict on
a statement after an earlier one. What may not: the clock, the database, the
birth date itself after the verdict.

How it works: a birth date becomes an outcome. The first outcome that is not
`invalid` is final. Later statements change nothing: someone under the floor
stays locked out whatever they send, and an adult who repeats the same date is
told the same, one who sends another is refused. To tell the two apart eight
bits of a keyed hash of the date are kept: some 150 dates of a lifetime share
each value, so it names none of them, and it still notices 255 of 256 changes;
the one in 256 that passes changes nothing, because the outcome stays.
"""

import hashlib
import hmac
from datetime import date
from enum import StrEnum

from identity.domain.policy import IdentityPolicy


class AgeOutcome(StrEnum):
    """What a birth date says on the day it is stated."""

    ADULT = "adult"
    UNDER_FLOOR = "under_floor"
    INVALID = "invalid"


class AgeVerdict(StrEnum):
    """What the statement leads to."""

    ADMITTED = "admitted"
    LOCKED_OUT = "locked_out"
    ALREADY_SET = "already_set"
    INVALID = "invalid"


_FIRST_VERDICT = {
    AgeOutcome.ADULT: AgeVerdict.ADMITTED,
    AgeOutcome.UNDER_FLOOR: AgeVerdict.LOCKED_OUT,
    AgeOutcome.INVALID: AgeVerdict.INVALID,
}


def completed_years(birth_date: date, *, today: date) -> int:
    """Count the birthdays that have come; negative for a date to come.

    Someone born on 29 February has the birthday on 1 March in other years.
    """
    before_birthday = (today.month, today.day) < (birth_date.month, birth_date.day)
    return today.year - birth_date.year - before_birthday


def age_outcome(birth_date: date, *, today: date, policy: IdentityPolicy) -> AgeOutcome:
    """Read a birth date as it stands today.

    Args:
        birth_date: as stated.
        today: the day of the statement, in UTC.
        policy: the floor, and the age beyond which a date is a slip.

    """
    years = completed_years(birth_date, today=today)
    if birth_date > today or years > policy.oldest_years:
        return AgeOutcome.INVALID
    if years < policy.age_floor_years:
        return AgeOutcome.UNDER_FLOOR
    return AgeOutcome.ADULT


def age_verdict(
    stated: AgeOutcome, *, earlier: AgeOutcome | None, repeated: bool
) -> AgeVerdict:
    """Decide about a statement.

    Args:
        stated: what this birth date says today.
        earlier: the outcome that was kept before, if any.
        repeated: the date is the one stated then.

    """
    if earlier is None:
        return _FIRST_VERDICT[stated]
    if earlier is not AgeOutcome.ADULT:
        return AgeVerdict.LOCKED_OUT
    return AgeVerdict.ADMITTED if repeated else AgeVerdict.ALREADY_SET


def retry_check(birth_date: date, *, visitor: bytes, key: bytes) -> int:
    """Reduce a birth date to eight bits that only the server can compute.

    Args:
        birth_date: as stated.
        visitor: the 16 bytes of the visitor id, so that equal dates differ.
        key: a secret of the server, 32 bytes or more.

    Returns:
        0 to 255, the first byte of HMAC-SHA-256 (RFC 2104).

    """
    text = birth_date.isoformat().encode("ascii")
    return hmac.digest(key, visitor + text, hashlib.sha256)[0]
