"""What staff fill in to grant a badge."""

from datetime import datetime
from typing import Any

from django import forms
from typing_extensions import override

from common import clock
from creators.models import Badge


class BadgeGrantForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in stubs only
    """Who gets which badge, until when, and why."""

    class Meta:
        """The rest is set by the service."""

        model = Badge
        fields = ["account", "kind", "expires_at", "reason"]

    def clean_expires_at(self) -> datetime:
        """Refuse a badge that would be over before it began."""
        expires_at: datetime = self.cleaned_data["expires_at"]
        if expires_at <= clock.now():
            raise forms.ValidationError("This is in the past. Choose a later date.")
        return expires_at

    @override
    def clean(self) -> dict[str, Any]:
        """Refuse a second badge of a kind while the first is worn."""
        cleaned = super().clean() or self.cleaned_data
        account, kind = cleaned.get("account"), cleaned.get("kind")
        same = Badge.objects.filter(account=account, kind=kind)
        if account and same.worn_at(clock.now()).exists():
            raise forms.ValidationError("This account wears such a badge already.")
        return cleaned
