"""Django's settings, from central's environment and key files. `DEBUG` does not exist.

Importing this raises CentralError where the environment or a key file is wrong;
`sync.central.cli` says so in one line.
"""

import os
from pathlib import Path

from sync.central import environment, keys, logs
from sync.central.database import choosing

ENVIRONMENT = environment.read(os.environ)
KEYS = keys.Reloaded(ENVIRONMENT.state_dir, keys.load(ENVIRONMENT.state_dir))
PROFILE = environment.read_profile(ENVIRONMENT.profile)

_HERE = Path(__file__).parent

DEBUG = False
SECRET_KEY = KEYS.now().django.hex()
ALLOWED_HOSTS = [ENVIRONMENT.host, "127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [ENVIRONMENT.public_url]
ROOT_URLCONF = "sync.central.urls"
WSGI_APPLICATION = "sync.central.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = True

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "sync.central.officers",
    "sync.central.fleet",
    "sync.central.intake",
    "sync.central.cases",
    "sync.central.confidential",
    "sync.central.surveys",
    "sync.central.content",
    "sync.central.track",
]
MIDDLEWARE = [
    "sync.central.middleware.access_log",
    "sync.central.middleware.guarded",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "sync.central.middleware.language",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["django.templatetags.i18n", "sync.central.words"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "sync.central.municipality.context",
            ],
        },
    }
]

DATABASES = {"default": choosing.settings_for(ENVIRONMENT)}

AUTH_USER_MODEL = "officers.Officer"
LOGIN_URL = "/staff/sign-in"
LOGIN_REDIRECT_URL = "/staff/"
LOGOUT_REDIRECT_URL = "/staff/sign-in"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = "/staff/"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.is_https
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "sync.central.pages.csrf_refused"

USE_TZ = True
TIME_ZONE = "Asia/Bangkok"
USE_I18N = True
LANGUAGE_CODE = "th"
LANGUAGES = [("th", "ไทย"), ("en", "English")]
LOCALE_PATHS = [_HERE / "locale"]

STATIC_URL = "/static/"
STATICFILES_DIRS = [_HERE / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_MAX_AGE = 365 * 24 * 60 * 60

DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100
DATA_UPLOAD_MAX_NUMBER_FILES = 2
FILE_UPLOAD_HANDLERS: list[str] = []

DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENVIRONMENT.mail_from
ADMINS: list[str] = []
EMAIL_TIMEOUT = 20
if ENVIRONMENT.smtp_host:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = ENVIRONMENT.smtp_host
    EMAIL_PORT = ENVIRONMENT.smtp_port
    EMAIL_USE_TLS = ENVIRONMENT.smtp_security == "starttls"
    EMAIL_USE_SSL = ENVIRONMENT.smtp_security == "tls"
    EMAIL_HOST_USER = ENVIRONMENT.smtp_user
    EMAIL_HOST_PASSWORD = environment.read_password(ENVIRONMENT)
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(ENVIRONMENT.state_dir / "mail")

LOGGING = logs.settings()
