"""One process per data folder, while stores live in a process's memory.

Tickets and conversations are then kept in memory: a second process on the same
folder would hold a second queue, and its people would never meet the others.
Processes that share their state in Redis share the folder too; the lock then
only keeps others from it. It dies with the process, however that ends.
"""

import fcntl
import os
from pathlib import Path
from typing import TextIO

_held: dict[Path, TextIO] = {}


class AlreadyRunningError(RuntimeError):
    """Another process holds this data folder."""


def take(data_dir: Path, *, shared: bool = False) -> None:
    """Hold the folder until this process ends; holding it already is fine.

    Args:
        data_dir: the folder.
        shared: together with others that also share it, and with nobody else.

    Raises:
        AlreadyRunningError: another process holds it.

    """
    path = data_dir.resolve() / "server.lock"
    if path in _held:
        return
    file = path.open("a+")
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.seek(0)
        holder = file.read().strip() or "unknown"
        file.close()
        msg = (
            f"Another StrangerSpace (process {holder}) already uses {data_dir}. "
            "Stop it, or choose another DATA_DIR; many processes are one site only "
            "with REDIS_URL."
        )
        raise AlreadyRunningError(msg) from error
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    _held[path] = file
