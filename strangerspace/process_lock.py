"""One process per data folder, while stores live in a process's memory.

Tickets and conversations are kept in memory: a second process on the same
folder would hold a second queue, and its people would never meet the others.
The lock dies with the process, however it ends.
"""

import fcntl
import os
from pathlib import Path
from typing import TextIO

_held: dict[Path, TextIO] = {}


class AlreadyRunningError(RuntimeError):
    """Another process holds this data folder."""


def take(data_dir: Path) -> None:
    """Hold the folder until this process ends; holding it already is fine.

    Raises:
        AlreadyRunningError: another process holds it.

    """
    path = data_dir.resolve() / "server.lock"
    if path in _held:
        return
    file = path.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.seek(0)
        holder = file.read().strip() or "unknown"
        file.close()
        msg = (
            f"Another StrangerSpace (process {holder}) already uses {data_dir}: its "
            "queue lives in its memory. Stop it, or choose another DATA_DIR."
        )
        raise AlreadyRunningError(msg) from error
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    _held[path] = file
