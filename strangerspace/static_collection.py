"""Collect static files when, and only when, a source file has changed."""

import fcntl
import hashlib
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

IGNORED = ["CVS", ".*", "*~"]


def collect_if_stale() -> bool:
    """Run `collectstatic` unless its last run saw the same sources.

    Returns:
        Whether it ran. With DEBUG, files are served where they lie: never.

    """
    if settings.DEBUG:
        return False
    stamp = Path(settings.STATIC_ROOT).with_name("static.stamp")
    stamp.parent.mkdir(parents=True, exist_ok=True)
    # Web workers that start together share the folder: one collects, all wait.
    with stamp.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _collect(stamp)


def _collect(stamp: Path) -> bool:
    present = fingerprint()
    if stamp.exists() and stamp.read_text() == present:
        return False
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(present)
    return True


def fingerprint() -> str:
    """Digest name, size and time of every source, and the tools' versions."""
    digest = hashlib.sha256(f"{version('django')} {version('whitenoise')}".encode())
    for line in sorted(_sources()):
        digest.update(line.encode())
    return digest.hexdigest()


def _sources() -> list[str]:
    found = []
    for finder in get_finders():
        for name, storage in finder.list(IGNORED):
            stat = Path(storage.path(name)).stat()
            found.append(f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}\n")
    return found
