"""The site map. Paths are Spanish; what a stranger may see is marked in the views."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from accounts.views import choose_language
from citas import api, pages

urlpatterns = [
    path("", include("appointments.urls")),
    path("perfil/", include("patients.urls")),
    path("cuenta/", include("accounts.urls")),
    path("correo/", include("notifications.urls")),
    path("admin/", admin.site.urls),
    path("api/", include((api.urlpatterns, "api"))),
    path("fhir/", include("appointments.fhir.urls")),
    path("idioma/", choose_language, name="set_language"),
    path("privacidad/", pages.privacy, name="privacy"),
    path("live", pages.live, name="live"),
    path("ready", pages.ready, name="ready"),
]

if settings.CITAS_ENV != "production":
    urlpatterns.append(path("estilo/", pages.style_guide, name="style_guide"))

if "debug_toolbar" in settings.INSTALLED_APPS:
    from debug_toolbar.toolbar import debug_toolbar_urls

    urlpatterns += debug_toolbar_urls()

handler400 = "citas.error_pages.bad_request"
handler403 = "citas.error_pages.permission_denied"
handler404 = "citas.error_pages.not_found"
handler500 = "citas.error_pages.server_error"
