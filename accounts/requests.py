"""The type of a request that LoginRequiredMiddleware has let through."""

from django.http import HttpRequest

from accounts.models import User


class SignedInRequest(HttpRequest):
    user: User
