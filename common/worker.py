"""The name of this process on the wires between those that serve the site.

Fresh at every start, so that nothing meant for a process that died ever reaches
the one that replaced it.
"""

from functools import cache

from common.ids import WorkerId, new_worker_id


@cache
def worker_id() -> WorkerId:
    """Return the name of this process, drawn when it is first asked for."""
    return new_worker_id()
