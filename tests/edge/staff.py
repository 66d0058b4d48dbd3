"""A moderator at the admin, signed in with both factors."""

from django.core.cache import cache

from tests.edge.identity.people import account_of, sign_in, totp_code, totp_for

EMAIL = "mo@example.org"


def moderator_at(client):
    cache.clear()  # allauth counts attempts in it; no test counts for another
    moderator = account_of(EMAIL, is_staff=True, is_superuser=True)
    totp_for(moderator)
    second = sign_in(client, EMAIL)
    client.post(second["Location"], {"code": totp_code()})
    return moderator
