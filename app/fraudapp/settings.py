"""Settings, all from the environment. The defaults are the secure ones."""

import json
import os
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from ingestion.clients import read as read_clients

from fraudapp import operators

BASE_DIR = Path(__file__).resolve().parents[1]


def flag(name: str) -> bool:
    return os.environ.get(name, "").lower() in ("1", "true", "yes", "on")


DEBUG = flag("DEBUG")
SECRET_KEY = os.environ.get("SECRET_KEY", "only for development" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("Set SECRET_KEY to a long random text, or DEBUG=1 on your own machine.")

ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1").split(",")
INSTALLED_APPS = [
    "django.contrib.staticfiles",
    # Only for its views, forms and password hashes: none of their tables exists.
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "transactions",
    "ninja",
]
MIDDLEWARE = [
    "fraudapp.problems.ProblemsUnderApi",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "fraudapp.middleware.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "fraudapp.middleware.DatabaseTroubles",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "transactions.operators.SignInByItself",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "fraudapp.urls"
WSGI_APPLICATION = "fraudapp.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["transactions.operators.context"]},
    }
]

# Who may change anything. Neither the users nor their sessions are in a table.
OPERATORS = operators.read(os.environ.get("OPERATORS", ""))
"""The operators' password hashes by name. Without any, the page is only read."""
LOCAL_OPERATOR = operators.local(os.environ.get("LOCAL_OPERATOR", ""))
"""On one machine: the operator who is signed in by himself."""
AUTH_USER_MODEL = "transactions.Operator"
AUTHENTICATION_BACKENDS = ["transactions.operators.Backend"]
# One kind of hash, so that checking any name takes the same time.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "page"
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = "Strict"
BEHIND_LOAD_BALANCER = flag("BEHIND_LOAD_BALANCER")
"""A load balancer alone reaches this server; its X-Forwarded-For ends with the client's address."""


def oracle() -> dict[str, object]:
    """Oracle, from the variables ORACLE_*: a URL could not hold every password."""
    if "DATABASE_URL" in os.environ:
        raise ImproperlyConfigured("DATABASE_URL and ORACLE_HOST are both set; unset one of them.")
    absent = [name for name in ("ORACLE_SERVICE", "ORACLE_USER", "ORACLE_PASSWORD") if not os.environ.get(name)]
    if absent:
        raise ImproperlyConfigured(f"ORACLE_HOST is set without {', '.join(absent)}; set these too.")
    address = f"{os.environ['ORACLE_HOST']}:{os.environ.get('ORACLE_PORT', '1521')}"
    return {
        "ENGINE": "fraudapp.oracle",
        # With HOST and PORT, Django would take the name for a SID; this form names a service.
        "NAME": f"{address}/{os.environ['ORACLE_SERVICE']}",
        "USER": os.environ["ORACLE_USER"],
        "PASSWORD": os.environ["ORACLE_PASSWORD"],
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"tcp_connect_timeout": CONNECT_SECONDS},
    }


def from_url() -> dict[str, Any]:
    """PostgreSQL or SQLite, from DATABASE_URL."""
    found: dict[str, Any] = {**dj_database_url.config(default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}", conn_max_age=600)}
    if found["ENGINE"] == "django.db.backends.postgresql":
        given = found.get("OPTIONS", {})
        limit = f"-c statement_timeout={round(DATABASE_SECONDS * 1000)}"
        options = {
            "connect_timeout": CONNECT_SECONDS,
            **given,
            "options": f"{limit} {given.get('options', '')}".strip(),
        }
        found |= {"ENGINE": "fraudapp.postgresql", "OPTIONS": options}
    return found


CONNECT_SECONDS = 3
DATABASE_SECONDS = float(os.environ.get("DATABASE_SECONDS", "10"))
"""For one answer of the database. A request or a thread that waits longer gives up."""
DATABASES = {"default": oracle() if os.environ.get("ORACLE_HOST") else from_url()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
# The image runs `collectstatic`; on a laptop the files come from the packages.
WHITENOISE_USE_FINDERS = not STATIC_ROOT.exists()

# Behind TLS, cookies need https and http redirects to it; a laptop has plain http.
BEHIND_TLS = not (DEBUG or flag("PLAIN_HTTP"))
SECURE_SSL_REDIRECT = BEHIND_TLS
# Only the load balancer, which sets this header itself, reaches the pods. Elsewhere a browser could send it.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = BEHIND_TLS
SECURE_HSTS_PRELOAD = BEHIND_TLS
CSRF_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_SECURE = BEHIND_TLS
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "transactions.views.csrf_failure"

LOGGING_CONFIG = "fraudapp.logs.configure"
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "fraudapp.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # fraudapp.requests has a line for each request, and Django's tracebacks come from django.request.
        "django.request": {"level": "ERROR"},
        "django": {"level": "INFO", "handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
    },
}

# Without KAFKA_BOOTSTRAP the page shows payments but no alerts.
KAFKA = {
    key: value
    for key, value in {
        "bootstrap.servers": os.environ.get("KAFKA_BOOTSTRAP"),
        "security.protocol": os.environ.get("KAFKA_SECURITY_PROTOCOL"),
        "sasl.mechanism": os.environ.get("KAFKA_SASL_MECHANISM"),
        "sasl.username": os.environ.get("KAFKA_USERNAME"),
        "sasl.password": os.environ.get("KAFKA_PASSWORD"),
    }.items()
    if value
}
# The registry has the schemas of the alerts. Only the cloud's registry needs a login.
SCHEMA_REGISTRY = {
    "url": os.environ.get("SCHEMA_REGISTRY_URL", ""),
    "key": os.environ.get("SCHEMA_REGISTRY_KEY", ""),
    "secret": os.environ.get("SCHEMA_REGISTRY_SECRET", ""),
}
if KAFKA and not SCHEMA_REGISTRY["url"]:
    raise ImproperlyConfigured(
        "KAFKA_BOOTSTRAP is set without SCHEMA_REGISTRY_URL, which decodes the alerts; set both."
    )
ALERT_TOPIC = os.environ.get("ALERT_TOPIC", "fraud_alert")
# The page tells how the pipeline does from these topics and groups.
PAYMENT_TOPIC = os.environ.get("PAYMENT_TOPIC", "fd.SAMPLE.USER_TRANSACTION")
PAYMENT_OUTPUT_TOPICS = os.environ.get("PAYMENT_OUTPUT_TOPICS", "user_transaction,payment_score").split(",")
"""Topics to which Flink writes a record for each payment."""
SINK_GROUPS: dict[str, str] = json.loads(os.environ.get("SINK_GROUPS", "{}"))
"""The consumer groups of the sinks by title."""
SINK_GROUP_PREFIX = os.environ.get("SINK_GROUP_PREFIX", "")
"""Groups that begin with this are sinks, too."""
SINK_LATE_SECONDS = float(os.environ.get("SINK_LATE_SECONDS", "90"))
"""A sink with records to write is late after so long without progress. Managed connectors commit once a minute."""
# A local run has no dashboard; the app asks OpenSearch itself.
OPENSEARCH_URL = os.environ.get("OPENSEARCH_URL", "")
QUESTIONS: list[dict[str, Any]] = json.loads(os.environ.get("QUESTIONS", "[]"))
"""The searches of the dashboard's panels."""
GROUP_PREFIX = os.environ.get("GROUP_PREFIX", "fraud-app")

# The rules and their thresholds, from the same stack configuration as the SQL.
RULES: dict[str, str] = json.loads(os.environ.get("RULES", "{}"))
"""The rules' titles by id, in order."""
HOME_PREFIX = os.environ.get("HOME_PREFIX", "10.")
BURST_COUNT = int(os.environ.get("BURST_COUNT", "10"))
BURST_AMOUNT = os.environ.get("BURST_AMOUNT", "1000.00")
LARGE_AMOUNT = os.environ.get("LARGE_AMOUNT", "1000.00")
EPISODE_HOURS = int(os.environ.get("EPISODE_HOURS", "24"))
GENERATOR_RATE = float(os.environ.get("GENERATOR_RATE", "0"))
MOST_PAYMENTS_PER_SECOND = max(float(os.environ.get("MOST_PAYMENTS_PER_SECOND", "200")), GENERATOR_RATE)
"""What the page may set the generator to: never less than it begins with."""
GENERATOR_SEED = int(os.environ["GENERATOR_SEED"]) if os.environ.get("GENERATOR_SEED") else None
"""The same seed makes the same payments in an empty database; without one they are others each time."""
FRAUD_EVERY_SECONDS = float(os.environ.get("FRAUD_EVERY_SECONDS", "0"))
SCENARIO_FOLDER = os.environ.get("SCENARIO_FOLDER", "")
"""A folder of labelled payments to play instead of generating some, as `quality/scenario.py` writes it."""
SCENARIO_SPEED = float(os.environ.get("SCENARIO_SPEED", "1"))

# Systems that may send payments; only the digests of their keys are here.
API_CLIENTS = read_clients(os.environ.get("API_KEYS", "{}"))
INGESTION_SECONDS = float(os.environ.get("INGESTION_SECONDS", "10"))
"""How long a request of the API waits for its commit."""

# The server: docs/app.md explains these.
API_THREADS = int(os.environ.get("API_THREADS", "64"))
PAGE_THREADS = int(os.environ.get("PAGE_THREADS", "4"))
WAITING_REQUESTS = int(os.environ.get("WAITING_REQUESTS", "256"))
MOST_CONNECTIONS = int(os.environ.get("MOST_CONNECTIONS", "16384"))
MOST_BROWSERS = int(os.environ.get("MOST_BROWSERS", "500"))
LARGEST_BODY = 65_536
LARGEST_BATCH = int(os.environ.get("LARGEST_BATCH", "1000000"))
BATCH_PATHS = ("/api/v1/",)
BODY_SECONDS = float(os.environ.get("BODY_SECONDS", "10"))
IDLE_SECONDS = float(os.environ.get("IDLE_SECONDS", "10"))
SEND_SECONDS = float(os.environ.get("SEND_SECONDS", "30"))
KEEP_ALIVE_COMMENT_SECONDS = 10.0
DRAIN_SECONDS = float(os.environ.get("DRAIN_SECONDS", "20"))
