"""What other apps may read from trust, as frozen snapshots."""

import threading
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError

from trust.domain.keys import opening
from trust.domain.wrapping import Purpose, unwrap, wrapping_key
from trust.models import FrankingKey
from trust.services import franking_keys_rotate


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningKey:
    """The keys that new conversations get until an instant."""

    kid: int
    stamp_key: bytes = field(repr=False)
    seal_key: bytes = field(repr=False)
    opens_from: datetime
    opens_until: datetime


class _Remembered:
    """The opening key of this process: read once a day, not once a match."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.key: OpeningKey | None = None


_remembered = _Remembered()


def opening_key(now: datetime) -> OpeningKey:
    """Return the key for conversations that begin now; make the first if none."""
    with _remembered.lock:
        key = _remembered.key
        if key is None or not key.opens_from <= now < key.opens_until:
            key = _remembered.key = _read_opening_key(now)
        return key


def stamp_key(kid: int, now: datetime) -> bytes | None:
    """Return the stamp key of a running conversation; `None` once it stamps no more.

    Raises:
        DatabaseError: it could not be read.

    """
    key = _remembered.key
    if key is not None and key.kid == kid and now < key.opens_until:
        return key.stamp_key
    row = FrankingKey.objects.filter(kid=kid, stamps_until__gt=now).first()
    if row is None:
        return None
    under = wrapping_key(settings.FRANKING_MASTER_KEY)
    sealed = bytes(row.wrapped_stamp_key)
    return unwrap(sealed, under=under, kid=kid, purpose=Purpose.STAMP)


def opening_key_forget() -> None:
    """Read the opening key anew next time, after keys were changed by hand."""
    with _remembered.lock:
        _remembered.key = None


def _read_opening_key(now: datetime) -> OpeningKey:
    row = _opening_row(now)
    if row is None:
        _rotate(now)
        row = _opening_row(now)
    if row is None:
        raise RuntimeError("no franking key opens now, even after a rotation")
    under = wrapping_key(settings.FRANKING_MASTER_KEY)
    stamp, seal = bytes(row.wrapped_stamp_key), bytes(row.wrapped_seal_key)
    return OpeningKey(
        kid=row.kid,
        stamp_key=unwrap(stamp, under=under, kid=row.kid, purpose=Purpose.STAMP),
        seal_key=unwrap(seal, under=under, kid=row.kid, purpose=Purpose.SEAL),
        opens_from=row.opens_from,
        opens_until=row.opens_until,
    )


def _opening_row(now: datetime) -> FrankingKey | None:
    rows = {row.kid: row for row in FrankingKey.objects.all()}
    life = opening([row.life for row in rows.values()], now)
    return None if life is None else rows[life.kid]


def _rotate(now: datetime) -> None:
    """Rotate; if another process just did, its key is as good."""
    try:
        franking_keys_rotate(now=now)
    except IntegrityError:
        return
