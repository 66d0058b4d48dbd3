"""What every test process shares: a data folder of its own, and properties."""

import atexit
import os
import shutil
import tempfile

from hypothesis import settings

# Set before anything reads the settings, and never the developer's own data.
DATA_DIR = tempfile.mkdtemp(prefix="strangerspace-tests-")
atexit.register(shutil.rmtree, DATA_DIR, ignore_errors=True)
os.environ |= {"DATA_DIR": DATA_DIR, "ENV_FILE": os.devnull, "LOG_LEVEL": "WARNING"}
CLEARED = ("REDIS_URL", "DATABASE_URL", "DEBUG", "DEMO", "ALLOWED_HOSTS", "HTTPS_ONLY")
for name in (*CLEARED, "TRUSTED_PROXIES"):
    os.environ.pop(name, None)

settings.register_profile("default", deadline=None, max_examples=100)
settings.register_profile("long", deadline=None, max_examples=10_000)
settings.load_profile("long" if os.environ.get("LONG") else "default")
