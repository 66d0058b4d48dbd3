"""In-process news between apps, so that imports keep their one direction.

A lower app publishes a frozen dataclass; a higher app subscribes in its
`subscribers.py`. Handlers run in the publisher's thread, in the order in which
they subscribed; an error in one is logged and stops none of the others.
"""

import logging
from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import transaction

logger = logging.getLogger(__name__)

E = TypeVar("E")
_handlers: defaultdict[type, list[Callable[[Any], None]]] = defaultdict(list)


def subscribe(event_type: type[E], handler: Callable[[E], None]) -> None:
    """Call `handler` with every event of this type; a second time is ignored."""
    if handler not in _handlers[event_type]:
        _handlers[event_type].append(handler)


def publish(event: object) -> None:
    """Hand the event to everyone who subscribed to its type."""
    for handler in tuple(_handlers[type(event)]):
        try:
            handler(event)
        except Exception:
            logger.exception("a handler of %s failed", type(event).__name__)


def publish_on_commit(event: object) -> None:
    """Publish once the present database transaction has committed."""
    transaction.on_commit(lambda: publish(event))
