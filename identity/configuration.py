"""What the operator chose, as the policy that the rules take."""

from django.conf import settings

from identity.domain.policy import IdentityPolicy


def policy() -> IdentityPolicy:
    """Return the policy with the operator's age floor."""
    return IdentityPolicy(age_floor_years=settings.AGE_FLOOR_YEARS)
