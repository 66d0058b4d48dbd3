"""What trust writes."""

import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction

from common.ids import random_bytes
from trust.domain.keys import KeyLife, Rotation, due
from trust.domain.policy import POLICY
from trust.domain.wrapping import (
    KEY_BYTES,
    NONCE_BYTES,
    WRAPPED_BYTES,
    Purpose,
    wrap,
    wrapping_key,
)
from trust.models import FrankingKey

logger = logging.getLogger(__name__)


@transaction.atomic
def franking_keys_rotate(*, now: datetime) -> Rotation:
    """Make the keys that are needed and destroy the dead ones.

    Idempotent. Two at once cannot both make a key: number and start are
    unique, and the later one fails with `IntegrityError` and changes nothing.
    """
    kept = FrankingKey.objects.select_for_update()
    rotation = due([key.life for key in kept], now, POLICY)
    for life in rotation.make:
        _key_make(life)
    for kid in rotation.destroy:
        _key_destroy(kid)
    return rotation


def _key_make(life: KeyLife) -> None:
    FrankingKey.objects.create(
        kid=life.kid,
        wrapped_stamp_key=_new_wrapped_key(life.kid, Purpose.STAMP),
        wrapped_seal_key=_new_wrapped_key(life.kid, Purpose.SEAL),
        opens_from=life.opens_from,
        opens_until=life.opens_until,
        stamps_until=life.stamps_until,
        verifies_until=life.verifies_until,
    )
    logger.info("franking key %d opens from %s", life.kid, life.opens_from)


def _new_wrapped_key(kid: int, purpose: Purpose) -> bytes:
    return wrap(
        random_bytes(KEY_BYTES),
        under=wrapping_key(settings.FRANKING_MASTER_KEY),
        nonce=random_bytes(NONCE_BYTES),
        kid=kid,
        purpose=purpose,
    )


def _key_destroy(kid: int) -> None:
    """Overwrite the key before its row goes: freed pages are not zeroed."""
    key = FrankingKey.objects.filter(kid=kid)
    zeros = bytes(WRAPPED_BYTES)
    key.update(wrapped_stamp_key=zeros, wrapped_seal_key=zeros)
    key.delete()
    logger.info("franking key %d destroyed", kid)
