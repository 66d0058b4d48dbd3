"""The forms people fill in: age, interests, erasing."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy
from typing_extensions import override

from common.vocabulary import Region, Strictness
from identity.configuration import policy
from identity.domain import preferences
from identity.domain.languages import LANGUAGES
from identity.domain.preferences import PreferenceError
from identity.selectors import VisitorSnapshot
from identity.wording import preference_sentence

# The commas of Latin, Arabic and Chinese keyboards, and ends of lines.
_SEPARATORS = re.compile(r"[,;\u060c\u3001\uff0c\r\n]+")

REGION_NAMES = [
    (Region.AFRICA, gettext_lazy("Africa")),
    (Region.ASIA, gettext_lazy("Asia")),
    (Region.EUROPE, gettext_lazy("Europe")),
    (Region.NORTH_AMERICA, gettext_lazy("North America")),
    (Region.OCEANIA, gettext_lazy("Oceania")),
    (Region.SOUTH_AMERICA, gettext_lazy("South America")),
]
STRICTNESS_NAMES = [
    (Strictness.OPEN, gettext_lazy("Anyone, at once")),
    (
        Strictness.BALANCED,
        gettext_lazy("Someone who shares this, if it doesn't take long"),
    ),
    (Strictness.STRICT, gettext_lazy("Only someone who shares this")),
]


class AgeForm(forms.Form):
    """One date; it is read once and not kept."""

    birth_date = forms.DateField(
        label=gettext_lazy("When were you born?"),
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}),
        error_messages={
            "required": gettext_lazy("Please give your date of birth."),
            "invalid": gettext_lazy("Please give the date as year-month-day."),
        },
    )


class InterestsForm(forms.Form):
    """What you like, which languages you speak, where you are, whom you seek."""

    interests = forms.CharField(
        label=gettext_lazy("What would you like to talk about?"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy("A few words, separated by commas."),
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages you speak"), required=False
    )
    region = forms.ChoiceField(
        label=gettext_lazy("Where you are"),
        required=False,
        choices=[("", gettext_lazy("I'd rather not say")), *REGION_NAMES],
    )
    regions = forms.MultipleChoiceField(
        label=gettext_lazy("Where your stranger may be"),
        required=False,
        choices=REGION_NAMES,
        help_text=gettext_lazy("None chosen means anywhere."),
    )
    strictness = forms.ChoiceField(
        label=gettext_lazy("Whom to meet"),
        choices=STRICTNESS_NAMES,
        error_messages={"required": gettext_lazy("Please choose whom to meet.")},
    )

    def __init__(self, data: QueryDict | None, *, visitor: VisitorSnapshot) -> None:
        """Begin with what the visitor said before."""
        super().__init__(data, initial=_initial(visitor))
        self.fields["languages"].choices = _languages_with(  # type: ignore[attr-defined]  # a choice field
            visitor.languages
        )

    def clean_interests(self) -> tuple[str, ...]:
        """Split at commas and tidy."""
        texts = _SEPARATORS.split(self.cleaned_data["interests"])
        try:
            return preferences.clean_interests(texts, policy=policy())
        except PreferenceError as error:
            raise forms.ValidationError(preference_sentence(error)) from error

    def clean_languages(self) -> tuple[str, ...]:
        """Keep to the number the wire allows."""
        tags = self.cleaned_data["languages"]
        try:
            return preferences.clean_languages(tags, policy=policy())
        except PreferenceError as error:
            raise forms.ValidationError(preference_sentence(error)) from error

    def clean_region(self) -> Region | None:
        """Turn the code into a region."""
        return preferences.clean_region(self.cleaned_data["region"])

    def clean_regions(self) -> tuple[Region, ...]:
        """Turn the codes into regions."""
        return preferences.clean_regions(self.cleaned_data["regions"])

    @override
    def clean(self) -> dict[str, Any]:
        """Refuse to be strict about nothing."""
        data = self.cleaned_data
        if {"interests", "languages", "strictness"} <= data.keys():
            data["strictness"] = self._checked_strictness()
        return data

    def _checked_strictness(self) -> Strictness:
        data = self.cleaned_data
        strictness = Strictness(data["strictness"])
        try:
            preferences.check_strictness(
                strictness, languages=data["languages"], interests=data["interests"]
            )
        except PreferenceError as error:
            self.add_error("strictness", preference_sentence(error))
        return strictness


class EraseForm(forms.Form):
    """Ends everything kept; the account only when asked."""

    account = forms.BooleanField(
        label=gettext_lazy("Delete my account and every visitor it has claimed"),
        required=False,
    )


def _initial(visitor: VisitorSnapshot) -> dict[str, Any]:
    return {
        "interests": ", ".join(visitor.interests),
        "languages": list(visitor.languages),
        "region": visitor.region or "",
        "regions": list(visitor.regions),
        "strictness": visitor.strictness,
    }


def _languages_with(chosen: Sequence[str]) -> list[tuple[str, str]]:
    """Offer the list, and whatever else this visitor named before."""
    listed = {code for code, _ in LANGUAGES}
    others = [(tag, gettext("Other: %s") % tag) for tag in chosen if tag not in listed]
    return [*LANGUAGES, *others]
