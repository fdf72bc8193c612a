from django.urls import path, register_converter

from appointments.reference import ReferenceConverter
from appointments.views import agenda, draft, search, slot, visit

register_converter(ReferenceConverter, "reference")

app_name = "appointments"
urlpatterns = [
    path("", search.find, name="search"),
    path("medicos/", search.doctors, name="doctors"),
    path("medicos/<slug:slug>/", search.doctor, name="doctor"),
    path("agenda/", agenda.agenda, name="agenda"),
    path("citas/", visit.mine, name="mine"),
    path("citas/nueva/", draft.begin, name="draft_new"),
    path("citas/nueva/<uuid:draft>/para-quien/", draft.who, name="draft_who"),
    path("citas/nueva/<uuid:draft>/datos/", draft.details, name="draft_details"),
    path("citas/nueva/<uuid:draft>/motivo/", draft.reason, name="draft_reason"),
    path("citas/nueva/<uuid:draft>/revisar/", draft.check, name="draft_check"),
    path("citas/nueva/<uuid:draft>/hueco/", draft.slot, name="draft_slot"),
    path("citas/nueva/<uuid:draft>/confirmar/", draft.confirm, name="draft_confirm"),
    path("citas/hueco/<str:slot>/", slot.slot, name="slot"),
    path("citas/enlace/<str:token>/", visit.by_link, name="by_link"),
    path("citas/<reference:reference>/", visit.proof, name="proof"),
    path("citas/<reference:reference>/cita.ics", visit.calendar, name="calendar"),
    path("citas/<reference:reference>/mover/", visit.move, name="move"),
    path("citas/<reference:reference>/cancelar/", visit.cancel, name="cancel"),
]
