"""Under /cuenta/. The names are allauth's, which redirects to them; new accounts come in by the code."""

from allauth.account import views as allauth
from django.urls import path, re_path

from accounts import views

urlpatterns = [
    path("entrar/", views.log_in, name="account_login"),
    path("codigo/", views.ask_for_code, name="account_request_login_code"),
    path("codigo/confirmar/", views.confirm_code, name="account_confirm_login_code"),
    path("salir/", allauth.logout, name="account_logout"),
    path("cerrada/", allauth.account_inactive, name="account_inactive"),
    path("contrasena/", views.ask_for_new_password, name="account_reset_password"),
    path("contrasena/enviada/", allauth.password_reset_done, name="account_reset_password_done"),
    path("contrasena/lista/", allauth.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^contrasena/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]
