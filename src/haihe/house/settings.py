"""Django's settings, made from the operator's `haihe.toml`."""

from __future__ import annotations

from pathlib import Path

from haihe.base.config import derive, load
from haihe.city.accounts.settings import account_settings

HAIHE = load()
HOME: Path = derive.make_home(HAIHE)

SECRET_KEY = derive.secret_key(HAIHE)
DEBUG = HAIHE.debug
ALLOWED_HOSTS = derive.hosts(HAIHE)
CSRF_TRUSTED_ORIGINS = derive.origins(HAIHE)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = derive.is_https(HAIHE)
# Only the edge reaches Django, and it believes X-Forwarded-Proto from trusted proxies alone.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
ROOT_URLCONF = "haihe.house.urls"
WSGI_APPLICATION = "haihe.house.wsgi.application"
ASGI_APPLICATION = "haihe.house.asgi.application"
AUTH_USER_MODEL = "city.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SITE_ID = 1

INSTALLED_APPS = [
    "haihe.portal.demo",
    "haihe.portal",
    "haihe.channels",
    "haihe.newsroom",
    "haihe.tourism",
    "haihe.releases.delivery",
    "haihe.venues",
    "haihe.voices",
    "haihe.releases.baking",
    "haihe.releases",
    "haihe.archive",
    "haihe.city",
    "haihe.base.web",
    "haihe.base.desk",
    "haihe.base.audit",
    "haihe.base.search",
    "haihe.base.tasks",
    "wagtail.contrib.settings",
    "wagtail.contrib.table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "haihe.base.search.wagtail_app.JournalledSearch",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_tasks",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "ninja",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.sites",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "haihe.city.door.AdminDoor",
    "haihe.base.web.headers.public_headers",
]

SILENCED_SYSTEM_CHECKS = ["templates.W003"]  # the one library named twice stands in the place of the other, below
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
            "libraries": {"wagtailadmin_tags": "haihe.base.web.templatetags.haihe_sidebar"},
        },
    }
]

DATABASES = {"default": derive.database(HAIHE)}

TASKS = {"default": {"BACKEND": "haihe.base.tasks.backend.LaneBackend"}}
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "haihe.base.search.backend"}}

LANGUAGE_CODE = HAIHE.languages[0]
LANGUAGES = [(code, {"zh-hans": "简体中文", "en": "English"}[code]) for code in HAIHE.languages]
LOCALE_PATHS = [Path(__file__).resolve().parent.parent / "base" / "web" / "locale"]
TIME_ZONE = HAIHE.time_zone
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = HOME / "media"

WAGTAIL_SITE_NAME = HAIHE.city_name
CITY_NAME_EN = HAIHE.city_name_en
# A review decision is about one content: approvals of an older one do not count, and only what was judged is published.
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
WAGTAIL_FINISH_WORKFLOW_ACTION = "haihe.releases.finishing.publish_reviewed"
WAGTAILIMAGES_IMAGE_MODEL = "archive.Picture"
WAGTAILDOCS_DOCUMENT_MODEL = "archive.Attachment"
WAGTAILADMIN_RICH_TEXT_EDITORS = {"default": {"WIDGET": "haihe.base.desk.rich_text.RichTextArea"}}
WAGTAILEMBEDS_FINDERS = [{"class": "haihe.portal.embeds"}]
WAGTAILADMIN_BASE_URL = HAIHE.public_url
WAGTAILIMAGES_MAX_UPLOAD_SIZE = HAIHE.picture_limit_mb * 1024 * 1024
SECOND_STORE = HAIHE.second_store
FIXITY_RATE = HAIHE.fixity_mb * 10**6
UPLOAD_LIMIT = HAIHE.upload_limit_gb * 2**30
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 2**20  # a manuscript of 200,000 characters is 3 MB as the editor sends it

globals().update(derive.mail(HAIHE))  # EMAIL_*
globals().update(account_settings(HAIHE))  # ACCOUNT_*, MFA_*, sign-in, passwords

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{levelname} {name}: {message}", "style": "{"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        "httpx": {"level": "WARNING"},
        "wagtail": {"level": "WARNING"},
        # It tells each step of every picture, and complains without naming one: who opens pictures listens for himself.
        "pyvips": {"handlers": ["nowhere"], "level": "WARNING", "propagate": False},
    },
}
