"""The demo moderator: an account with a TOTP secret of this installation alone.

The secret is drawn at random on the first run and lies, readable to its owner
only, in the data folder, because nobody could sign in without it.
"""

import json
import os
from pathlib import Path

from allauth.account.models import EmailAddress
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.db import transaction

from identity.models import Account

EMAIL = "demo-moderator@localhost"


def login_file() -> Path:
    """Say where the demo login is kept."""
    return Path(settings.DATA_DIR) / "demo_login.json"


@transaction.atomic
def moderator_seed() -> Path:
    """Make the moderator unless it is there; return the file with its secret."""
    account = Account.objects.filter(email=EMAIL).first()
    account = account or Account.objects.create_superuser(EMAIL)
    EmailAddress.objects.get_or_create(
        user=account, email=EMAIL, defaults={"verified": True, "primary": True}
    )
    _write_private(
        login_file(),
        json.dumps({"email": EMAIL, "totp_secret": _secret_of(account)}, indent=2),
    )
    return login_file()


def code_at(unix_seconds: float) -> str:
    """Compute the moderator's six digits for a time (RFC 6238).

    Raises:
        FileNotFoundError: there is no demo login here.

    """
    secret = json.loads(login_file().read_text())["totp_secret"]
    step = int(unix_seconds) // app_settings.TOTP_PERIOD
    return str(format_hotp_value(hotp_value(secret, step)))


def _secret_of(account: Account) -> str:
    device = Authenticator.objects.filter(
        user=account, type=Authenticator.Type.TOTP
    ).first()
    if device:
        return str(decrypt(device.data["secret"]))
    secret = str(generate_totp_secret())
    TOTP.activate(account, secret)
    return secret


def _write_private(path: Path, text: str) -> None:
    """Replace the file at once; nobody else may ever read it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write(text + "\n")
    draft.replace(path)
