"""Settings come from the environment only; production fails loudly when one is missing."""

import ipaddress
import os
from pathlib import Path
from urllib.parse import unquote

import environ
from django.core.exceptions import ImproperlyConfigured
from whitenoise import compress

from msw_portal.kernel import attachments, logs, proxy, scanning
from msw_portal.kernel.directory import directory
from msw_portal.schedule import SCHEDULE

BASE_DIR = Path(__file__).resolve().parent.parent

# What a real installation must say itself; nothing of it has a default.
REQUIRED = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "MSW_KEYS", "MSW_MEDIA", "ALLOWED_HOSTS")
is_laptop = os.environ.get("MSW_EMBEDDED", "").lower() in ("1", "true", "yes", "on")
# Half an environment is not a laptop: nobody's hospital shall start on servers of its own by mistake.
if not is_laptop and any(
    os.environ.get(name) for name in ("DATABASE_URL", "SECRET_KEY", "MSW_KEYS")
):
    missing = [name for name in REQUIRED if not os.environ.get(name)]
    if missing:
        raise ImproperlyConfigured(f"{', '.join(missing)} must be set: see .env.example.")
if "DATABASE_URL" not in os.environ:
    # A command beside a running `make run` finds the embedded servers without any variable.
    from msw_portal import embedded

    for name, value in embedded.environment().items():
        os.environ.setdefault(name, value)

env = environ.Env()
EMBEDDED = env.bool("MSW_EMBEDDED", False)
TESTING = env.bool("MSW_TEST", False)
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
MSW_KEYS = env.str("MSW_KEYS")
if len(SECRET_KEY) < 40:
    raise ImproperlyConfigured("SECRET_KEY needs at least 40 characters.")
if DEBUG and not EMBEDDED:
    raise ImproperlyConfigured("DEBUG is refused outside the embedded mode (MSW_EMBEDDED).")

ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if EMBEDDED else []
)
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must be set: see .env.example.")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# Figures for Prometheus at /metrics, when a token, the readers' addresses, or both are given.
METRICS_TOKEN = env.str("MSW_METRICS_TOKEN", "")
METRICS_ADDRESSES = env.list("MSW_METRICS_ADDRESSES", default=[])
METRICS = bool(METRICS_TOKEN or METRICS_ADDRESSES)
if METRICS_TOKEN and len(METRICS_TOKEN) < 32:
    raise ImproperlyConfigured("MSW_METRICS_TOKEN needs at least 32 characters")
proxy.refuse_bad_networks("MSW_METRICS_ADDRESSES", METRICS_ADDRESSES)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "oauth2_provider",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "django_celery_beat",
    "django_htmx",
    "csp",
    "msw_portal.kernel",
    "departments",
    "cases",
    "volunteers",
    "projects",
    "donations",
    "reports",
]

MIDDLEWARE = [
    "msw_portal.kernel.proxy.ProxyMiddleware",
    "msw_portal.kernel.packing.PackingMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    # Outside of whatever may answer by itself: a refused host gets it too.
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    *(["msw_portal.metrics.MetricsMiddleware"] if METRICS else []),
    "departments.middleware.RequestFactsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "departments.phones.PhoneMiddleware",
    "departments.middleware.ScopeMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "msw_portal.kernel.htmx.DomainErrorMiddleware",
]

ROOT_URLCONF = env.str("MSW_URLCONF", "msw_portal.urls")
WSGI_APPLICATION = "msw_portal.wsgi.application"
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
                "departments.context.page",
            ],
            "builtins": [
                "msw_portal.kernel.templatetags.portal",
                "msw_portal.kernel.templatetags.frame",
            ],
        },
    }
]

FORM_RENDERER = "msw_portal.kernel.form_writing.Renderer"

AS_OWNER = env.bool("MSW_AS_OWNER", False)
DATABASES = {"default": env.db_url("DATABASE_OWNER_URL" if AS_OWNER else "DATABASE_URL")}
DATABASES["default"].update(
    ENGINE="msw_portal.kernel.postgres",
    HOST=unquote(DATABASES["default"].get("HOST", "")),  # a socket's folder comes percent-encoded
    ATOMIC_REQUESTS=False,
    CONN_HEALTH_CHECKS=True,
)
# Kept for good unless the address says how long (`?conn_max_age=60`, in seconds).
DATABASES["default"].setdefault("CONN_MAX_AGE", None if not TESTING else 0)
DATABASES["default"].setdefault("OPTIONS", {}).update(connect_timeout=3)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL")
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 60,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "max_retries": 1,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_DEFAULT_QUEUE = "relay"
CELERY_TASK_ROUTES = {"reports.tasks.*": {"queue": "reports"}}
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULER = "msw_portal.ticking:Scheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 2
CELERY_BEAT_SCHEDULE = SCHEDULE

AUTH_USER_MODEL = "departments.User"
AUTHENTICATION_BACKENDS = ["departments.backends.PortalBackend"]
# Tests sign in by the hundred; everywhere else a password costs what it should.
PASSWORD_HASHERS = [f"django.contrib.auth.hashers.{'MD5' if TESTING else 'PBKDF2'}PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "display_name", "email")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_ADDRESS = "/sign-in/"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"

# allauth: sign-in and second factor only; no sign-up, its own limits off (rate_window counts exactly).
ACCOUNT_ADAPTER = "departments.adapters.AccountAdapter"
MFA_ADAPTER = "departments.adapters.MfaAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_USER_DISPLAY = "departments.adapters.display_name"
SOCIALACCOUNT_ADAPTER = "departments.openid.SocialAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
# Who somebody is, the hospital's own directory may say; who may do what stays here.
DIRECTORY = directory(env, is_embedded=EMBEDDED)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "医务社工门户"
# In the embedded mode the demo accounts sign in without a second factor; production never lets staff in without one.
SECOND_FACTOR_AT_SIGN_IN = env.bool("MSW_SECOND_FACTOR", not EMBEDDED)
if not EMBEDDED and not SECOND_FACTOR_AT_SIGN_IN:
    raise ImproperlyConfigured("MSW_SECOND_FACTOR cannot be switched off outside the embedded mode")
SIGN_IN_LIMIT = env.int("MSW_SIGN_IN_LIMIT", 5)
SIGN_IN_WINDOW_SECONDS = env.int("MSW_SIGN_IN_WINDOW", 900)
SIGN_IN_ADDRESS_LIMIT = env.int("MSW_SIGN_IN_ADDRESS_LIMIT", 50)
RESET_MAIL_LIMIT = 3  # mails to one account in an hour
# Doors without an account: requests in ten minutes by one code and from one address, wrong receipt codes from one.
DOOR_LINK_LIMIT = env.int("MSW_DOOR_LINK_LIMIT", 60)
DOOR_ADDRESS_LIMIT = env.int("MSW_DOOR_ADDRESS_LIMIT", 40)
RECEIPT_LIMIT = env.int("MSW_RECEIPT_LIMIT", 10)
# Fetches of one calendar feed in the same time: a handful of devices, none of them every minute.
CALENDAR_LIMIT = env.int("MSW_CALENDAR_LIMIT", 60)
# Published entries read from one address in the same time.
PUBLIC_LIMIT = env.int("MSW_PUBLIC_LIMIT", 600)
DOOR_WINDOW_SECONDS = env.int("MSW_DOOR_WINDOW", 600)
# Whose numbers a FHIR copy names: the OID of the resident identity card, and the stem of a hospital's record numbers.
FHIR_ID_CARD_SYSTEM = env("MSW_FHIR_ID_CARD_SYSTEM", default="urn:oid:2.16.156.10011.1.3")
FHIR_MRN_SYSTEM = env("MSW_FHIR_MRN_SYSTEM", default="urn:msw-portal:mrn")
# From where the three administrators may act: addresses or networks, comma separated; empty means anywhere.
try:
    MSW_CONSOLE_ADDRESSES = [
        ipaddress.ip_network(text, strict=False)
        for text in env.list("MSW_CONSOLE_ADDRESSES", default=[])
    ]
except ValueError as error:
    raise ImproperlyConfigured(f"MSW_CONSOLE_ADDRESSES: {error}") from error
# Requests of one API client in a window; counted in Redis, in PostgreSQL while Redis is away.
API_LIMIT = env.int("MSW_API_LIMIT", 600)
API_WINDOW_SECONDS = 60
# Networks of the own house to which webhooks may go, without TLS too; the public internet always may, with it.
try:
    WEBHOOK_NETWORKS = [
        ipaddress.ip_network(text, strict=False)
        for text in env.list("MSW_WEBHOOK_NETWORKS", default=[])
    ]
except ValueError as error:
    raise ImproperlyConfigured(f"MSW_WEBHOOK_NETWORKS: {error}") from error
WEBHOOK_SECONDS = 8  # the whole of one attempt
WEBHOOK_PATIENCE_DAYS = 5  # of failures only, then an address is stopped
WEBHOOK_KEPT_DAYS = 90  # the log of what was told
SESSION_IDLE_SECONDS = env.int("MSW_SESSION_IDLE", 15 * 60 if not EMBEDDED else 8 * 3600)
SESSION_ABSOLUTE_SECONDS = env.int("MSW_SESSION_ABSOLUTE", 10 * 3600)

SECURE = not EMBEDDED
SESSION_ENGINE = "msw_portal.kernel.session_store"
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
LANGUAGE_COOKIE_NAME = "__Host-language" if SECURE else "language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_SECONDS
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_FAILURE_VIEW = "msw_portal.errors.csrf_failure"
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = 63072000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("MSW_BEHIND_PROXY", False) else None
)
MSW_PROXY_COUNT = env.int("MSW_PROXY_COUNT", 1 if SECURE_PROXY_SSL_HEADER else 0)
# Whose X-Forwarded-* and X-Request-Id count; a socket in the file system is always our own proxy's.
MSW_PROXY_ADDRESSES = env.list("MSW_PROXY_ADDRESSES", default=["127.0.0.0/8", "::1"])
proxy.refuse_bad_networks("MSW_PROXY_ADDRESSES", MSW_PROXY_ADDRESSES)
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = USE_I18N = True
FORMAT_MODULE_PATH = None

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.str("MSW_STATIC_ROOT", str(BASE_DIR / "var" / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "files": attachments.files_storage(env, is_embedded=EMBEDDED),
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if not (TESTING or DEBUG)
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = TESTING or DEBUG
# Source maps are for nobody who uses the portal: compressed they cost more than all its own files.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*compress.Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
# Every address of one has the digest in it, so the copies without are compressed for nobody.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# Outside the database, best on another disk: what proves the audit chain, and what proves the backups.
MSW_ANCHORS = Path(env.str("MSW_ANCHORS", str(BASE_DIR / "var" / "anchors" / "anchors.jsonl")))
MSW_BACKUPS = Path(env.str("MSW_BACKUPS", str(BASE_DIR / "var" / "backups")))
MEDIA_ROOT = Path(env.str("MSW_MEDIA"))
# Where the hospitals' systems drop files of stays, a folder for each API client; None: nowhere.
EPISODE_DROPS = Path(text) if (text := env.str("MSW_EPISODE_DROPS", "")) else None
FILE_UPLOAD_HANDLERS = ["msw_portal.kernel.uploads.MemoryUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
MAX_UPLOAD_BYTES = env.int("MSW_MAX_UPLOAD", attachments.MOST_BYTES)
MAX_FILES = env.int("MSW_MAX_FILES", attachments.MOST_FILES)  # of one case, request or report
FILES_GRACE_HOURS = env.int("MSW_FILES_GRACE_HOURS", attachments.GRACE_HOURS)
CLAMD = scanning.Address.of(env.str("MSW_CLAMD", ""))


from msw_portal.settings_api import (  # noqa: E402, F401 - settings, beside those they belong to
    OAUTH2_PROVIDER,
    OAUTH2_PROVIDER_APPLICATION_MODEL,
    REST_FRAMEWORK,
    SPECTACULAR_SETTINGS,
)

# What runs when a row of the outbox or the job table is worked: topic or kind -> dotted path.
OUTBOX_HANDLERS = "msw_portal.topics.HANDLERS"
OUTBOX_MAILS = "msw_portal.topics.MAILS"
OUTBOX_HOOKS = "msw_portal.topics.HOOKS"
NOTICE_SUBJECTS = "msw_portal.topics.SUBJECTS"
JOB_RUNNERS = "msw_portal.topics.RUNNERS"
JOB_DEATHS = "msw_portal.topics.DEATHS"
AUDIT_VALUES = "msw_portal.topics.AUDIT_VALUES"
REINDEXERS = "msw_portal.topics.REINDEXERS"
ERASERS = "msw_portal.topics.ERASERS"
DESTRUCTION_SOURCES = "msw_portal.topics.DESTRUCTION_SOURCES"
DESTRUCTION_NEXT = "msw_portal.topics.DESTRUCTION_NEXT"
RETENTION_KEEPERS = "msw_portal.topics.RETENTION_KEEPERS"
RETENTION_FOLLOWERS = "msw_portal.topics.RETENTION_FOLLOWERS"
SEARCH_SOURCES = "msw_portal.topics.SEARCH_SOURCES"
FRONT_PARTS = "msw_portal.topics.FRONT_PARTS"
WORKBENCH_ALARMS = "msw_portal.topics.WORKBENCH_ALARMS"
SEARCH_WIDER = "msw_portal.topics.SEARCH_WIDER"
IMPORTS = "msw_portal.topics.IMPORTS"
CALENDAR_SOURCES = "msw_portal.topics.CALENDAR_SOURCES"

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="dummymail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10
# Without a mail server codes are printed; nothing is ever queued for mail.
# Whether requests of several foundations for one person are compared, under the families' consents.
AID_MATCH_IS_ON = env.bool("MSW_AID_MATCH", True)
MAIL_IS_ON = not EMAIL_CONFIG["EMAIL_BACKEND"].endswith(".dummy.EmailBackend")
DEFAULT_FROM_EMAIL = env.str("MSW_FROM", "msw@localhost")
# What stands before the paths in mails and prints.
PORTAL_ADDRESS = env.str(
    "MSW_ADDRESS",
    f"http://127.0.0.1:{env.str('PORT', '8000')}"
    if EMBEDDED
    else f"https://{ALLOWED_HOSTS[0].lstrip('.')}",
).rstrip("/")

ADMIN_ADDRESS = "internal/records/"
# What people wrote stays out of every log; DEBUG, for invented data only, shows whole tracebacks.
LOGGING = logs.configuration(logs.form_of(os.environ))
SILENCED_SYSTEM_CHECKS: list[str] = []
