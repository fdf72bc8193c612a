"""Django's own apps with MongoDB's kind of key."""

from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.contrib.auth.apps import AuthConfig as DjangoAuthConfig
from django.contrib.contenttypes.apps import ContentTypesConfig as DjangoContentTypesConfig

KEYS = "django_mongodb_backend.fields.ObjectIdAutoField"


class AdminConfig(DjangoAdminConfig):
    default_auto_field = KEYS


class AuthConfig(DjangoAuthConfig):
    default_auto_field = KEYS


class ContentTypesConfig(DjangoContentTypesConfig):
    default_auto_field = KEYS
