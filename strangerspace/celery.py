"""The Celery application and everything that runs on a schedule."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "strangerspace.settings")

app = Celery("strangerspace")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    "identity-expired-sessions-delete": {
        "task": "identity.tasks.expired_sessions_delete",
        "schedule": crontab(hour="3", minute="20"),
    },
    "franking-keys-rotate": {
        "task": "trust.tasks.franking_keys_rotate",
        "schedule": crontab(minute="*/10"),
    },
}
