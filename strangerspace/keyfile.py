"""Secrets of an embedded installation: made once, kept in the data folder."""

import os
import secrets
from pathlib import Path


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
