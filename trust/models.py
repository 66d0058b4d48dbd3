"""Tables of trust."""

from django.db import models
from typing_extensions import override

from trust.domain.keys import KeyLife


class FrankingKey(models.Model):
    """A day's stamp and seal key, wrapped; the row dies with the key."""

    kid = models.PositiveIntegerField("number", primary_key=True)
    wrapped_stamp_key = models.BinaryField(editable=False)
    wrapped_seal_key = models.BinaryField(editable=False)
    opens_from = models.DateTimeField("opens conversations from", unique=True)
    opens_until = models.DateTimeField("opens conversations until")
    stamps_until = models.DateTimeField("stamps until")
    verifies_until = models.DateTimeField("verifies until")

    class Meta:
        """Newest first; numbers fit the 16 bits of the wire."""

        ordering = ["-opens_from"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kid__gte=0, kid__lt=1 << 16),
                name="franking_key_kid_is_u16",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"key {self.kid}"

    @property
    def life(self) -> KeyLife:
        """The times of this key, as the rules see them."""
        return KeyLife(
            kid=self.kid,
            opens_from=self.opens_from,
            opens_until=self.opens_until,
            stamps_until=self.stamps_until,
            verifies_until=self.verifies_until,
        )
