"""Under /perfil/: only one's own people; anybody else's answers 404."""

from django.urls import path

from patients import views

app_name = "patients"
urlpatterns = [
    path("", views.profile, name="profile"),
    path("yo/", views.oneself, name="oneself"),
    path("nuevo/", views.add_dependant, name="add"),
    path("datos.json", views.export, name="export"),
    path("<uuid:patient>/", views.edit, name="edit"),
    path("<uuid:patient>/quitar/", views.remove, name="remove"),
]
