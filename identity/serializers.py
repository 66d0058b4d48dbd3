"""What the REST operations of identity read and write."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from rest_framework import serializers
from typing_extensions import override

from common.api import StrictSerializer
from common.vocabulary import Mode, Region
from identity.configuration import policy
from identity.domain import preferences
from identity.domain.preferences import PreferenceError
from identity.selectors import VisitorSnapshot
from identity.wording import preference_sentence

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class BirthDateField(serializers.DateField):
    """A date spelt YYYY-MM-DD and no other way (RFC 3339 §5.6, full-date)."""

    @override
    def to_internal_value(self, value: Any) -> date:
        if not isinstance(value, str) or not _ISO_DATE.fullmatch(value):
            self.fail("invalid", format="YYYY-MM-DD")
        parsed: date = super().to_internal_value(value)
        return parsed


class NoFields(StrictSerializer):
    """An operation that takes nothing."""


class AgeStatement(StrictSerializer):
    """What a visitor states."""

    birth_date = BirthDateField()


class OpenModes(serializers.Serializer[Any]):
    """What the statement opened."""

    modes = serializers.ListField(
        child=serializers.ChoiceField(choices=[mode.value for mode in Mode])
    )


class VisitorChanges(StrictSerializer):
    """What a visitor may say about themselves; a missing field stays."""

    languages = serializers.ListField(child=serializers.CharField(), required=False)
    region = serializers.ChoiceField(
        choices=[region.value for region in Region], required=False, allow_null=True
    )
    regions = serializers.ListField(
        child=serializers.ChoiceField(choices=[region.value for region in Region]),
        required=False,
    )
    interests = serializers.ListField(
        child=serializers.CharField(allow_blank=True), required=False
    )

    def validate_languages(self, tags: Sequence[str]) -> tuple[str, ...]:
        """Clean BCP 47 tags."""
        return _cleaned(lambda: preferences.clean_languages(tags, policy=policy()))

    def validate_region(self, code: str | None) -> Region | None:
        """Turn the code into a region."""
        return preferences.clean_region(code or "")

    def validate_regions(self, codes: Sequence[str]) -> tuple[Region, ...]:
        """Drop repeats."""
        return preferences.clean_regions(codes)

    def validate_interests(self, texts: Sequence[str]) -> tuple[str, ...]:
        """Tidy the spelling."""
        return _cleaned(lambda: preferences.clean_interests(texts, policy=policy()))


class VisitorView(serializers.Serializer[VisitorSnapshot]):
    """A visitor as it sees itself; never an id."""

    age = serializers.SerializerMethodField()
    modes = serializers.ListField(child=serializers.CharField())
    account = serializers.SerializerMethodField()
    languages = serializers.ListField(child=serializers.CharField())
    region = serializers.CharField(allow_null=True)
    regions = serializers.ListField(child=serializers.CharField())
    interests = serializers.ListField(child=serializers.CharField())

    def get_age(self, visitor: VisitorSnapshot) -> str:
        """`unknown` until stated, then `admitted` or `refused`."""
        return {None: "unknown", True: "admitted", False: "refused"}[visitor.adult]

    def get_account(self, visitor: VisitorSnapshot) -> bool:
        """Say whether an account has claimed this visitor."""
        return visitor.account_id is not None


class NewVisitor(serializers.Serializer[Any]):
    """A visitor just begun, and the token that names it from now on."""

    token = serializers.CharField()
    visitor = VisitorView()


def _cleaned(clean: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
    try:
        return clean()
    except PreferenceError as error:
        raise serializers.ValidationError(
            preference_sentence(error), code=error.fault.value
        ) from error
