"""Unit tests run without Django: `pytest -p no:django tests/unit`."""

import sys
from importlib.abc import MetaPathFinder


class NoFrameworks(MetaPathFinder):
    """Refuses the import itself, so that the trace shows who asked."""

    def find_spec(self, fullname, path, target=None):
        if fullname.partition(".")[0] in {"django", "channels", "rest_framework"}:
            msg = f"unit tests run without {fullname}; test this in tests/edge"
            raise ImportError(msg)


def pytest_configure(config):
    if config.pluginmanager.is_blocked("django"):
        sys.meta_path.insert(0, NoFrameworks())
