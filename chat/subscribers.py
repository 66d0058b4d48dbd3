"""What the socket side does about news from the apps below."""

from chat.control import announce_erased
from chat.invitations import invitations
from common.events import subscribe
from identity.events import VisitorErased
from matching.events import PairFound


def connect() -> None:
    """Listen to both; a second time is ignored."""
    subscribe(PairFound, _pair_found)
    subscribe(VisitorErased, _visitor_erased)


def _pair_found(pair: PairFound) -> None:
    invitations().pair_found(pair)


def _visitor_erased(erased: VisitorErased) -> None:
    announce_erased(erased.visitor_id)
