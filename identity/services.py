"""Every write about visitors and accounts."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TypedDict

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac
from typing_extensions import Unpack

from common.events import publish_on_commit
from common.ids import AccountId, PersonId, VisitorId, new_visitor_id
from common.vocabulary import Mode, Region, Strictness
from identity import tokens
from identity.configuration import policy
from identity.domain.age import (
    AgeOutcome,
    AgeVerdict,
    age_outcome,
    age_verdict,
    retry_check,
)
from identity.domain.preferences import settled_strictness
from identity.errors import AgeAlreadySetError, AgeFloorError, BirthDateInvalidError
from identity.events import VisitorErased
from identity.models import Account, AgeCheck, Session, Visitor
from identity.selectors import VisitorSnapshot, age_outcomes, visitor_snapshot

_KEPT_OUTCOMES = {
    AgeVerdict.ADMITTED: AgeCheck.Outcome.ADULT,
    AgeVerdict.LOCKED_OUT: AgeCheck.Outcome.UNDER_FLOOR,
}
_REFUSALS = {
    AgeVerdict.LOCKED_OUT: AgeFloorError,
    AgeVerdict.ALREADY_SET: AgeAlreadySetError,
    AgeVerdict.INVALID: BirthDateInvalidError,
}


class PreferenceChanges(TypedDict, total=False):
    """Cleaned preferences; a missing key changes nothing."""

    languages: Sequence[str]
    region: Region | None
    regions: Sequence[Region]
    interests: Sequence[str]
    strictness: Strictness


def visitor_begin() -> tuple[VisitorSnapshot, str]:
    """Draw a visitor for an app; return it with the token that names it."""
    visitor_id = new_visitor_id()
    return visitor_snapshot(visitor_id), tokens.token_issue(visitor_id)


@transaction.atomic
def visitor_update(
    visitor_id: VisitorId, **changes: Unpack[PreferenceChanges]
) -> VisitorSnapshot:
    """Keep cleaned preferences; what is not named stays as it is."""
    visitor = _stored(visitor_id)
    for name, value in changes.items():
        setattr(visitor, name, value or "" if name == "region" else value)
    visitor.strictness = settled_strictness(
        Strictness(visitor.strictness), about=[*visitor.languages, *visitor.interests]
    )
    visitor.save()
    return visitor_snapshot(visitor_id)


def age_state(
    visitor_id: VisitorId, *, birth_date: date, now: datetime
) -> tuple[Mode, ...]:
    """Take an age statement; keep only what it led to.

    Returns:
        the modes that are open to this visitor.

    Raises:
        AgeFloorError: under the floor, now or at an earlier statement.
        AgeAlreadySetError: an adult states another date than before.
        BirthDateInvalidError: nobody alive was born then.

    """
    verdict = _age_decide(visitor_id, birth_date=birth_date, today=now.date())
    if verdict in _REFUSALS:
        raise _REFUSALS[verdict]
    return tuple(Mode)


@transaction.atomic
def visitor_claim(visitor_id: VisitorId, *, account: Account) -> VisitorId:
    """Bind the visitor to the account that signed in.

    Returns:
        the visitor to go on as: this one, or a fresh one when this one is
        another account's (two people share a browser).

    """
    visitor = _stored(visitor_id)
    if visitor.account_id not in {None, account.pk}:
        visitor = _stored(new_visitor_id())
    visitor.account = account
    visitor.save(update_fields=["account"])
    return visitor.visitor_id


@transaction.atomic
def visitor_erase(visitor_id: VisitorId) -> None:
    """Delete everything kept about a visitor, tokens included.

    Known: a lock for age goes too. Whoever drops the cookie sheds it as well,
    and to remember who was erased would be to keep something.
    """
    visitor = Visitor.objects.filter(pk=visitor_id).first()
    person_id = visitor.person_id if visitor else PersonId(visitor_id)
    sessions = Session.objects.filter(visitor_id=visitor_id)
    held = list(sessions.values_list("session_key", flat=True))
    sessions.delete()
    transaction.on_commit(lambda: tokens.tokens_forget(held), robust=True)
    if visitor:
        visitor.delete()
    publish_on_commit(VisitorErased(visitor_id=visitor_id, person_id=person_id))


@transaction.atomic
def account_erase(account_id: AccountId) -> None:
    """Delete an account, its visitors and every session of theirs."""
    for visitor in Visitor.objects.filter(account_id=account_id):
        visitor_erase(visitor.visitor_id)
    Session.objects.filter(account_id=account_id).delete()
    Account.objects.filter(pk=account_id).delete()


def expired_sessions_delete() -> None:
    """Delete sessions and tokens whose time is over."""
    Session.get_session_store_class().clear_expired()


@transaction.atomic
def _age_decide(visitor_id: VisitorId, *, birth_date: date, today: date) -> AgeVerdict:
    """Decide and, at the first outcome that counts, remember it."""
    visitor = _stored(visitor_id)
    stated = age_outcome(birth_date, today=today, policy=policy())
    check = _retry_check(visitor_id, birth_date)
    own = AgeCheck.objects.filter(visitor=visitor).first()
    repeated = own is not None and own.retry_check == check
    verdict = age_verdict(stated, earlier=_earlier(visitor, own), repeated=repeated)
    if own is None and verdict in {AgeVerdict.ADMITTED, AgeVerdict.LOCKED_OUT}:
        AgeCheck.objects.create(
            visitor=visitor,
            outcome=_KEPT_OUTCOMES[verdict],
            method=AgeCheck.Method.DECLARATION,
            checked_on=today,
            retry_check=check,
        )
    return verdict


def _earlier(visitor: Visitor, own: AgeCheck | None) -> AgeOutcome | None:
    """Find what binds this visitor: a refusal of the person, else its own word."""
    if AgeCheck.Outcome.UNDER_FLOOR in age_outcomes(visitor):
        return AgeOutcome.UNDER_FLOOR
    return AgeOutcome(own.outcome) if own else None


def _retry_check(visitor_id: VisitorId, birth_date: date) -> int:
    key = salted_hmac(
        "identity.age", b"", secret=settings.SECRET_KEY, algorithm="sha256"
    ).digest()
    return retry_check(birth_date, visitor=visitor_id.bytes, key=key)


def _stored(visitor_id: VisitorId) -> Visitor:
    """Fetch or make the row, locked until the transaction ends."""
    Visitor.objects.get_or_create(pk=visitor_id)
    return Visitor.objects.select_for_update().get(pk=visitor_id)
