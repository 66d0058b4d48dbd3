"""Ways to reach the server, and to sign in as a person would."""

import json
import re

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core import mail
from django.test import Client

from common import clock
from identity.models import Account

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


class App:
    """A client that carries a token and no cookies."""

    def __init__(self, token=None):
        self.client = Client(enforce_csrf_checks=True)
        self.headers = {"X-Session-Token": token} if token else {}

    def call(self, method, path, body=None, **headers):
        return self.client.generic(
            method,
            f"/api/v1/{path}",
            "" if body is None else json.dumps(body),
            content_type="application/json",
            headers={**self.headers, **headers},
        )


def account_of(email, **rights):
    account = Account.objects.create_user(email, **rights)
    EmailAddress.objects.create(user=account, email=email, verified=True, primary=True)
    return account


def totp_for(account):
    return TOTP.activate(account, SECRET)


def totp_code(secret=SECRET):
    return format_hotp_value(hotp_value(secret, int(clock.unix()) // 30))


def mailed_code():
    """Read the code from the last mail, as a person would."""
    return re.search(r"^([A-Z]{4}-[A-Z]{4})$", mail.outbox[-1].body, re.MULTILINE)[1]


def sign_in(client, email, *, next_page=""):
    """Ask for a code by e-mail and type it in; return the last answer."""
    query = f"?next={next_page}" if next_page else ""
    asked = client.post(f"/account/login/{query}", {"login": email})
    assert asked.status_code == 302, asked.content
    return client.post(asked["Location"], {"code": mailed_code()})
