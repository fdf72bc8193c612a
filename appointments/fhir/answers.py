"""How FHIR is answered: who may ask, with which methods and formats, and resources as JSON with an ETag."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from accounts.api_access import anybody, signed_in
from accounts.models import User
from appointments.fhir.asking import Asked
from appointments.fhir.errors import NotAcceptable, NotSignedIn
from appointments.fhir.resources import Resource
from citas import error_pages
from citas.apikit import etags
from citas.apikit.outcomes import CONTENT_TYPE

View = Callable[..., HttpResponseBase]
METHODS = ("GET", "HEAD")
FORMATS = ("json", "application/json", "application/fhir+json", "text/json")
ACCEPTED = (*FORMATS, "application/*", "*/*")


def public(view: View) -> View:
    """For anybody, as often as an address may ask."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        anybody(request)
        with translation.override(settings.LANGUAGE_CODE):
            response = view(request, *args, **kwargs)
        # LoginRequiredMiddleware has looked at it; the answer is the same for everybody, and caches may know.
        request.session.accessed = False
        return response

    return _read_only(answered)


def authorised(view: View) -> View:
    """For the bearer of a token or whoever is signed in, who is given to the view."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user: User | None = signed_in(request)
        if user is None:
            raise NotSignedIn
        with translation.override(settings.LANGUAGE_CODE):
            response = view(request, user, *args, **kwargs)
        patch_vary_headers(response, ["Authorization", "Cookie"])
        return response

    return _read_only(answered)


def _read_only(view: View) -> View:
    """Nothing is changed here: other methods are told so, whether they bring a CSRF token or not."""

    @login_not_required
    @csrf_exempt
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in METHODS:
            refusal = error_pages.page(request, 405)
            refusal["Allow"] = ", ".join(METHODS)
            return refusal
        if not _is_json_accepted(request):
            raise NotAcceptable
        return view(request, *args, **kwargs)

    return answered


def _is_json_accepted(request: HttpRequest) -> bool:
    """By _format, which stands above the header (http://hl7.org/fhir/R4/http.html#mime-type); else by Accept."""
    if "_format" in request.GET:
        return request.GET["_format"].partition(";")[0].replace(" ", "+") in FORMATS
    kinds = [kind.partition(";")[0].strip().lower() for kind in request.headers.get("Accept", "*/*").split(",")]
    return any(kind in ACCEPTED for kind in kinds)


def resource(request: HttpRequest, body: Resource, *, cache: str) -> HttpResponse:
    """A resource, or 304 where who asks has it already."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    tag = f'"{blake2b(text, digest_size=12).hexdigest()}"'
    known = etags.knows(request, tag)
    response = HttpResponseNotModified() if known else HttpResponse(text, content_type=CONTENT_TYPE)
    # Weak, as FHIR writes it: http://hl7.org/fhir/R4/http.html#versioning
    response["ETag"], response["Cache-Control"] = f"W/{tag}", cache
    response["Content-Language"] = settings.LANGUAGE_CODE
    return response


def for_everybody(seconds: int) -> str:
    return f"public, max-age={seconds}"


def bundle(asked: Asked, found: Sequence[Resource], *, following: str | None, **window: list[str]) -> Resource:
    """A page of a search. `following` is the cursor of the next one; `window` what a parameter comes to."""
    links = [{"relation": "self", "url": settings.SITE_URL + asked.query(**window, **_cursor(asked.one("_cursor")))}]
    if following is not None:
        links.append({"relation": "next", "url": settings.SITE_URL + asked.query(**window, **_cursor(following))})
    entries = list(_entries(found))
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "link": links,
        **({"entry": entries} if entries else {}),
    }


def _cursor(word: str | None) -> dict[str, Any]:
    return {} if word is None else {"_cursor": word}


def _entries(found: Iterable[Resource]) -> Iterable[Resource]:
    for one in found:
        url = f"{settings.SITE_URL}/fhir/{one['resourceType']}/{one['id']}"
        yield {"fullUrl": url, "resource": one, "search": {"mode": "match"}}
