"""What every way to run has in common."""

from __future__ import annotations

from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from escplatform import env

ROOT = Path(__file__).resolve().parents[3]
VAR = Path(env.text("ESC_VAR", str(ROOT / "var")))

DEBUG = False
SECRET_KEY = ""
IDENTITY_KEY = ""
"""Encrypts recruiting ids and keys their hashes; apart from SECRET_KEY so that either can be changed."""
IDENTITY_KEYS_OLD = env.words("ESC_IDENTITY_KEY_OLD")
"""Keys that are being retired: they still decrypt, until `identifiers_rotate` has gone through all rows."""
LOOKUP_KEY = env.text("ESC_LOOKUP_KEY")
"""Keys the hashes by which people are found again. Empty: IDENTITY_KEY. Set when that one is rotated."""

INSTALLED_APPS = [
    "daphne",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "escplatform",
    "study",
    "tutorial",
    "collection",
    "qualitycontrol",
    "modeling",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "escplatform.middleware.PermissionsPolicy",
    "escplatform.middleware.NulGate",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "escplatform.middleware.StaffGate",
    "escplatform.middleware.ErrorPageMiddleware",
]

ROOT_URLCONF = "escplatform.urls"
ASGI_APPLICATION = "escplatform.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "escplatform.accounts.context.account_frame",
            ]
        },
    }
]

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "research_home"
AUTHENTICATION_BACKENDS = ["escplatform.accounts.adapters.StaffBackend"]
STAFF_SECOND_FACTOR_REQUIRED = False
"""Whether staff pages open only to sessions that gave a second factor; without it, one is offered."""
ACCOUNT_ADAPTER = "escplatform.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_PASSWORD_CHANGE_REDIRECT_URL = "mfa_index"  # noqa: S105
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
MFA_ADAPTER = "escplatform.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Emotional support study"
MFA_TOTP_TOLERANCE = 1
"""Codes of the half minute before and after also count: phones' clocks are not exact."""
RESEARCH_SECTIONS = [
    ("studies", "studies:index", _("Studies"), ""),
    ("conversations", "research:conversations", _("Conversations"), ""),
    ("safety", "safety:queue", _("Safety"), "researchers reviewers"),
    ("review", "research:review", _("Strategy review"), "reviewers"),
    ("adjudication", "research:adjudication", _("Adjudication"), "adjudicators"),
    ("intensity", "research:intensity", _("Intensity review"), ""),
    ("deidentification", "research:deidentification", _("De-identification"), ""),
    ("judging", "research:judging", _("Judging"), ""),
    ("calibration", "research:calibration", _("Calibration"), ""),
    ("agreement", "research:agreement", _("Agreement"), ""),
    ("models", "models:runs", _("Models"), ""),
    ("agents", "agents:index", _("Agents"), ""),
    ("comparisons", "comparisons:index", _("Comparisons"), ""),
    ("training", "training_research:statistics", _("Training"), ""),
    ("audit", "research:audit", _("Audit"), ""),
    ("team", "team", _("Team"), "admins"),
]
"""The team's pages in the order of their menu: key, URL name, label, and the role that it is for ("" for researchers)."""
STUDY_SECTIONS = [
    ("setup", "studies:setup", _("Set-up")),
    ("dashboard", "research:dashboard", _("Dashboard")),
    ("live", "research:monitor", _("Live")),
    ("participants", "research:participants", _("Participants")),
    ("payments", "studies:payments", _("Payments")),
    ("releases", "research:releases", _("Releases")),
]
"""The pages about one study in the order of their tabs: key, URL name with the study's slug, and label."""

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [ROOT / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = VAR / "staticfiles"
STATICFILES_DIRS = [ROOT / "static"]

# A socket frame, a form and a JSON body stay small.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAdminUser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}

CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 100
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
}
# Tasks are hints; rows are the truth. So a tick that is lost or doubled does no harm.
CELERY_BEAT_SCHEDULE = {
    "sweep-deadlines": {"task": "collection.sweep_deadlines", "schedule": 5.0, "options": {"expires": 5}},
    "sweep-assessments": {
        "task": "qualitycontrol.sweep_assessments",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "sweep-agents": {"task": "modeling.sweep_agents", "schedule": 2.0, "options": {"expires": 2}},
    "sweep-releases": {"task": "qualitycontrol.sweep_releases", "schedule": 30.0, "options": {"expires": 30}},
    "retention": {"task": "study.retention", "schedule": 24 * 3600.0, "options": {"expires": 3600}},
    "sweep-trainings": {"task": "modeling.sweep_trainings", "schedule": 15.0, "options": {"expires": 15}},
}
# Turns of models have a queue of their own: somebody waits for each, and a training takes hours.
CELERY_TASK_ROUTES = {
    "modeling.train": {"queue": "model"},
    "qualitycontrol.release": {"queue": "model"},
    "modeling.agent_turn": {"queue": "supporter"},
    "modeling.agent_preview": {"queue": "supporter"},
    "modeling.agents_warm_up": {"queue": "supporter"},
}

RELEASES = Path(env.text("ESC_RELEASES", str(VAR / "releases")))
"""Released corpora that can be trained on, a folder with a manifest each."""
WITHDRAWAL_LOG = Path(env.text("ESC_WITHDRAWAL_LOG", str(VAR / "withdrawals.jsonl")))
"""Who withdrew, for whoever restores a backup; best on another disk than the database."""
MODELS = VAR / "models"
"""The trainings' folders and the corpora that they read."""
PARALLEL_TRAININGS = env.number("ESC_PARALLEL_TRAININGS", 1)
"""Trainings that may run at once; the others wait."""

MODEL_PROCESSES = env.number("ESC_MODEL_PROCESSES", 1)
"""Processes that hold a copy of a model each; the processor's cores are shared out among them."""
AGENT_KEYS = env.named("ESC_AGENT_KEY_")
"""Keys of OpenAI-compatible servers by name: an agent names one, and no page shows it."""
AGENT_TURN_TASKS = {"scripted": "collection.scripted_turn", "agent": "modeling.agent_turn"}
"""The task that is asked when a program may have its turn, by the first word of its key."""
AGENT_PAUSE_SECONDS = 2
"""How long a program waits after the last message, in case more follows."""

DATABASE_THREADS = env.number("ESC_DATABASE_THREADS", 8)
"""Threads, so database connections, that the sockets of one web process share."""
SOCKET_POLL_SECONDS = 5.0
"""How often a socket looks for what a lost wake-up may have missed."""

SENTRY_DSN = env.text("ESC_SENTRY_DSN")
"""Where unexpected errors are reported, without any text; "" keeps them in the log."""
METRICS_TOKEN = env.text("ESC_METRICS_TOKEN")
"""Who scrapes /metrics brings it as a bearer token; "" hides the page."""

LOG_FORMAT = env.choice("ESC_LOG_FORMAT", ("plain", "json"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "{asctime}{levelname}{name}{message}{process}",
            "style": "{",
            "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": env.text("ESC_LOG_LEVEL", "WARNING")},
    "loggers": {
        "django.server": {"level": "WARNING"},
        "django.channels.server": {"level": "WARNING"},
        "daphne": {"level": "WARNING"},
        "celery": {"level": "WARNING"},
    },
}
