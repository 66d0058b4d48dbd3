"""What other apps may know of a visitor, as frozen snapshots."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from common.ids import AccountId, PersonId, VisitorId
from common.vocabulary import Mode, Region, Strictness
from identity.models import AgeCheck, Visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitorSnapshot:
    """A visitor at one moment.

    `adult` is None until an age was stated; False is for ever. With `known`
    False the database did not answer: nothing but `visitor_id` says anything.
    """

    visitor_id: VisitorId
    person_id: PersonId
    account_id: AccountId | None = None
    adult: bool | None = None
    languages: tuple[str, ...] = ()
    region: Region | None = None
    regions: tuple[Region, ...] = ()
    interests: tuple[str, ...] = ()
    strictness: Strictness = Strictness.BALANCED
    known: bool = True

    @property
    def is_authenticated(self) -> bool:
        """What REST framework asks of `request.user`."""
        return True

    @property
    def modes(self) -> tuple[Mode, ...]:
        """The modes this visitor may choose: all of them, once known as adult."""
        return tuple(Mode) if self.adult else ()


def visitor_snapshot(visitor_id: VisitorId) -> VisitorSnapshot:
    """Read a visitor; one that was never stored is simply blank."""
    visitor = Visitor.objects.filter(pk=visitor_id).first()
    if visitor is None:
        return VisitorSnapshot(visitor_id=visitor_id, person_id=PersonId(visitor_id))
    return _snapshot(visitor)


def account_visitors(account_id: AccountId) -> Sequence[Visitor]:
    """List the visitors that an account has claimed, newest first."""
    return list(
        Visitor.objects.filter(account_id=account_id)
        .select_related("age_check")
        .order_by("-created_at")
    )


def age_outcomes(visitor: Visitor) -> set[str]:
    """Collect what this person stated, here and on other devices."""
    of_person = Q(visitor_id=visitor.id)
    if visitor.account_id:
        of_person |= Q(visitor__account_id=visitor.account_id)
    return set(AgeCheck.objects.filter(of_person).values_list("outcome", flat=True))


def _snapshot(visitor: Visitor) -> VisitorSnapshot:
    return VisitorSnapshot(
        visitor_id=visitor.visitor_id,
        person_id=visitor.person_id,
        account_id=AccountId(visitor.account_id) if visitor.account_id else None,
        adult=_is_adult(age_outcomes(visitor)),
        languages=tuple(visitor.languages),
        region=Region(visitor.region) if visitor.region else None,
        regions=tuple(map(Region, visitor.regions)),
        interests=tuple(visitor.interests),
        strictness=Strictness(visitor.strictness),
    )


def _is_adult(outcomes: set[str]) -> bool | None:
    if AgeCheck.Outcome.UNDER_FLOOR in outcomes:
        return False
    return AgeCheck.Outcome.ADULT in outcomes or None
