"""Sentences for what a rule refused, in the reader's language."""

from django.utils.translation import gettext as _

from identity.domain.preferences import PreferenceError, PreferenceFault


def preference_sentence(error: PreferenceError) -> str:
    """Say what was not taken, and what would be."""
    facts = {"value": error.value[:40], "limit": error.limit}
    return _sentences()[error.fault] % facts


def birth_date_sentence() -> str:
    """Say that the date cannot be right."""
    return _("That date can't be right. Please check the year.")


def _sentences() -> dict[PreferenceFault, str]:
    return {
        PreferenceFault.NOT_A_LANGUAGE: _("“%(value)s” is not a language code."),
        PreferenceFault.NOT_A_REGION: _("“%(value)s” is not one of the regions."),
        PreferenceFault.TOO_MANY: _("Please name at most %(limit)d."),
        PreferenceFault.TOO_LONG: _(
            "“%(value)s” is too long. Please keep each to %(limit)d letters."
        ),
        PreferenceFault.STRICT_ABOUT_NOTHING: _(
            "To ask for an exact match, name a language or an interest."
        ),
    }
