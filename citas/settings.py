"""Settings of the one project. What differs between machines comes from citas.environment, and only from there."""

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from citas import demo, logs
from citas.db import configuration, toolbar
from citas.environment import Environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment.read(os.environ)
PRODUCTION = env.mode == "production"

CITAS_ENV = env.mode
DEBUG = env.mode == "development"
SECRET_KEY = env.secret_key
ALLOWED_HOSTS = env.allowed_hosts
SITE_URL = env.site_url
ROOT_URLCONF = "citas.urls"
WSGI_APPLICATION = "citas.wsgi.application"

INSTALLED_APPS = [
    "citas",
    "accounts",
    "doctors",
    "patients",
    "appointments",
    "notifications",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "django_htmx",
    "phonenumber_field",
    "import_export",
]
INSTALLED_APPS = configuration.installed(env, INSTALLED_APPS)

MIDDLEWARE = [
    "citas.middleware.RequestIdMiddleware",
    "citas.measuring.MeasuringMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # These come before whatever may answer early, so that refusals and error pages carry the same headers.
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "citas.middleware.PrivatePagesMiddleware",
    "citas.metrics_page.MetricsMiddleware",
    "citas.middleware.CleanInputMiddleware",
    "citas.middleware.ErrorsMiddleware",
    # What comes after this may ask the database; the body of the request has been read before it.
    "citas.turnstile.TurnstileMiddleware",
    "doctors.middleware.MaintenanceMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "doctors.middleware.ClinicZoneMiddleware",
    "allauth.account.middleware.AccountMiddleware",
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
                "doctors.context.clinic",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Databases, cache, sessions

DATABASES = configuration.databases(env)
DATABASE_ENGINE = env.engine
CACHES = configuration.caches(env)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
globals().update(configuration.beside(env))
SESSION_COOKIE_AGE = 14 * 24 * 3600
# Messages name patients: they stay on the server, and there is no cookie more.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Who may enter

AUTH_USER_MODEL = "accounts.User"
# Django's own: one look and one password hash, whether the address is known or not. allauth's looks in a second table.
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "appointments:mine"
LOGOUT_REDIRECT_URL = "appointments:search"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.PasswordForm",
    "request_login_code": "accounts.forms.CodeRequestForm",
    "confirm_login_code": "accounts.forms.CodeForm",
    "reset_password": "accounts.forms.NewPasswordRequestForm",
    "reset_password_from_key": "accounts.forms.NewPasswordForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # a code or a link in a mail is the only way to a new account: User.confirmed
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"length": 6, "numeric": True, "dashed": False}
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 5 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = (
    False  # accounts.views.entrance does it, without locking who waits for a code in
)
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = False  # counted once, by accounts.limits
RATELIMIT_IP_META_KEY = "accounts.client_address.client_address"
PASSWORD_RESET_TIMEOUT = 3600
# Published, and so refused at the log-in of a production that was once filled as a demo.
REFUSED_PASSWORDS = {demo.PASSWORD} if PRODUCTION else set()
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# Apps below doctors learn of the clinic through this name, as templates do through the context processor
CLINIC = "doctors.repository.clinic"

# Words, places, times: instants are UTC in the database, shown in the location's zone

LANGUAGE_CODE = "es"
LANGUAGES = [("es", _("Spanish")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"
PHONENUMBER_DB_FORMAT = "E164"
PHONENUMBER_DEFAULT_REGION = "ES"

# Files

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Mail: every message goes to the outbox; the worker delivers it by EMAIL_URL

EMAIL_BACKEND = "notifications.backend.OutboxBackend"
DELIVERY = env.delivery
DEFAULT_FROM_EMAIL = env.from_email
MAIL_DOMAIN = env.from_email.rpartition("@")[2].rstrip(">")

# Logs

LOGGING = logs.settings()
LOGGING_CONFIG = "citas.logs.configure"

# Security

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = PRODUCTION
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
_prefix = "__Host-" if PRODUCTION else ""
SESSION_COOKIE_NAME = f"{_prefix}session"
CSRF_COOKIE_NAME = f"{_prefix}csrf"
LANGUAGE_COOKIE_NAME = f"{_prefix}language"
BROWSER_COOKIE_NAME = f"{_prefix}browser"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "citas.error_pages.csrf_failure"
CSRF_TRUSTED_ORIGINS = [env.site_url] if PRODUCTION else []
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^metrics$"]  # asked for on this machine or in the network behind the proxy
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.trusted_proxies else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PRODUCTION else 0
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
# Files of the import are never laid on a disk: citas.middleware lets none in that is larger than this.
FILE_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
TRUSTED_PROXIES = env.trusted_proxies
WEBHOOK_NETWORKS = env.webhook_networks
RATE_LIMIT_FACTOR = env.rate_limit_factor
METRICS_TOKEN = env.metrics_token
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # HSTS for subdomains: the operator's decision, it binds every other site of the domain
    "security.W021",  # HSTS preload: the operator's decision, it cannot be taken back for months
    "django_ratelimit.E003",  # Django's own RedisCache increments atomically, the library does not know it yet
    "django_ratelimit.W001",
]

if toolbar.wanted(env):
    toolbar.install(env, globals())
