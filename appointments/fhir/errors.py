"""What FHIR's own doors refuse; citas.apikit.outcomes says it as an OperationOutcome."""

from __future__ import annotations

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from citas.errors import CATALOGUE, DomainError


class Unfit(DomainError):
    """A parameter that cannot be read."""

    status = 400
    code = "unreadable"

    def __init__(self, name: str) -> None:
        super().__init__(format_lazy(_("The parameter {name} is not as it should be."), name=name))


class Unknown(DomainError):
    """A parameter that there is none of, where who asks wants to be told (Prefer: handling=strict)."""

    status = 400
    code = "unreadable"

    def __init__(self, name: str) -> None:
        super().__init__(format_lazy(_("There is no parameter {name} here."), name=name))


class Missing(DomainError):
    status = 400
    code = "required"

    def __init__(self, name: str) -> None:
        super().__init__(format_lazy(_("The parameter {name} is missing."), name=name))


class TooWide(DomainError):
    status = 422
    code = "too-costly"
    message = _("Ask for 62 days at most.")


class NotSignedIn(DomainError):
    status = 401
    code = "log-in"
    message = CATALOGUE[401].detail


class NotAcceptable(DomainError):
    status = 406
    code = "not-acceptable"
    message = _("We answer in JSON only: application/fhir+json.")


class Gone(DomainError):
    """It was here, and is no longer."""

    status = 410
    code = "gone"
    message = _("This is out of use, or its time has passed.")
