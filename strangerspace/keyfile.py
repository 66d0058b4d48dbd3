"""Secrets: given by the operator, or made once and kept in the data folder."""

import os
import secrets
from pathlib import Path


def secret(name: str, given: str, *, kept_in: Path, shared: bool) -> str:
    """Return a secret: the given one, else that of the file, made if need be.

    Several processes, perhaps on several machines, must have the same: where
    the site is shared, a secret that each would make for itself is refused.

    Args:
        name: of the setting, for the operator.
        given: what the environment says; empty when it says nothing.
        kept_in: the file of a secret made here.
        shared: whether other processes serve the same site.

    Raises:
        SystemExit: shared, and none was given.

    """
    if shared and not given:
        raise SystemExit(
            f"{name} must be set: DATABASE_URL or REDIS_URL is, so other processes "
            "serve the same site and need the same secret."
        )
    return given or read_or_create(kept_in)


def read_or_create(path: Path) -> str:
    """Return the secret in the file, making file and secret on the first run.

    Two processes that start together agree: the file is written beside its
    place and linked there once, and the loser reads the winner's.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
