"""Every setting of a StrangerSpace server, in one flat file.

What differs between machines is an environment variable, listed with its
meaning in `.env.example`; a test holds the two together. With nothing set, the
server is embedded: SQLite, memory stores and Celery in threads of one process.
"""

from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF

from strangerspace.databases import database
from strangerspace.keyfile import secret

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
# What the environment says wins over the file.
ENV_FILE = BASE_DIR / env.str("ENV_FILE", default=".env")
if ENV_FILE.is_file():
    env.read_env(ENV_FILE)

# --- where this installation keeps its data --------------------------------
DATA_DIR = BASE_DIR / env.str("DATA_DIR", default="var")
DATA_DIR.mkdir(parents=True, exist_ok=True)
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
BUILD = env.str("BUILD", default="development")
# With nothing set, tables lie in SQLite and everything short-lived in memory.
DATABASE_URL = env.str("DATABASE_URL", default="")
REDIS_URL = env.str("REDIS_URL", default="")
SHARED = bool(DATABASE_URL or REDIS_URL)
SECRET_KEY = secret(
    "SECRET_KEY",
    env.str("SECRET_KEY", default=""),
    kept_in=DATA_DIR / "secret_key",
    shared=SHARED,
)
# Wraps the stamp and seal keys at rest; losing it ends the verifiability of
# reports of the last 14 days, nothing else.
FRANKING_MASTER_KEY = secret(
    "FRANKING_MASTER_KEY",
    env.str("FRANKING_MASTER_KEY", default=""),
    kept_in=DATA_DIR / "franking_master_key",
    shared=SHARED,
)

# --- who may reach it --------------------------------------------------------
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
HTTPS_ONLY = env.bool("HTTPS_ONLY", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS_ONLY
SECURE_SSL_REDIRECT = HTTPS_ONLY
SECURE_REDIRECT_EXEMPT = [r"^healthz/"]  # asked from inside, without TLS
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000) if HTTPS_ONLY else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS_ONLY
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Forwarding headers count only from these addresses and networks; from anyone
# else, rate limits and logs use the peer's own address.
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
USE_X_FORWARDED_HOST = False

# --- rules an operator may choose -------------------------------------------
AGE_FLOOR_YEARS = env.int("AGE_FLOOR_YEARS", default=18)
CALLS_WITHOUT_RELAY = env.bool("CALLS_WITHOUT_RELAY", default=True)

# --- applications ------------------------------------------------------------
INSTALLED_APPS = [
    "strangerspace.apps.ProjectConfig",
    "daphne",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "strangerspace.admin_site.StaffAdminConfig",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "common",
    "identity",
    "trust",
    "matching",
    "creators",
    "chat",
]
AUTH_USER_MODEL = "identity.Account"
ROOT_URLCONF = "strangerspace.urls"
ASGI_APPLICATION = "strangerspace.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "strangerspace.middleware.permissions_policy",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "identity.middleware.visitor",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- storage -------------------------------------------------------------------
DATABASES = {
    "default": database(DATABASE_URL, sqlite=DATA_DIR / "strangerspace.sqlite3")
}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "ss:cache",
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        # A blocking reader must not inherit redis-py 8's 5 s socket timeout.
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}]},
    }
    if REDIS_URL
    else {"BACKEND": "common.memory_layer.ThreadSafeInMemoryChannelLayer"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- background work -----------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
# The memory transport polls once a second by default; 50 ms keeps a task quick.
CELERY_BROKER_TRANSPORT_OPTIONS = {} if REDIS_URL else {"polling_interval": 0.05}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# When `celery beat` last ran what; made anew when it is gone.
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")

# --- people who sign in ----------------------------------------------------------
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_ADAPTER = "identity.adapter.AccountAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "StrangerSpace"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account"
EMAIL_BACKEND = env.str(
    "EMAIL_BACKEND", default="django.core.mail.backends.console.EmailBackend"
)
EMAIL_HOST = env.str("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="strangerspace@localhost")
SESSION_ENGINE = "identity.sessions"
SESSION_COOKIE_HTTPONLY = True

# --- REST ------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["identity.authentication.VisitorAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["common.api.BoundedJSONParser"],
    "EXCEPTION_HANDLER": "common.api.problem_response",
    "DEFAULT_SCHEMA_CLASS": "common.schema.ProblemAutoSchema",
    "UNAUTHENTICATED_USER": None,
    "NUM_PROXIES": 0,  # a throttle counts the peer, not X-Forwarded-For
}
SPECTACULAR_SETTINGS = {
    "TITLE": "StrangerSpace",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "LICENSE": {"name": "MIT"},
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "ENUM_NAME_OVERRIDES": {"Region": "identity.models.REGIONS"},
}

# --- pages -------------------------------------------------------------------------
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = DEBUG
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

# --- logs: what happened, never what was said ------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname:7} {name}: {message}", "style": "{"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    # Their everyday news (each connection, each task) drowns what matters.
    "loggers": {
        "daphne": {"level": "WARNING"},
        "celery": {"level": "WARNING"},
        "uvicorn": {"level": "ERROR"},  # it warns of each malformed request
    },
}
