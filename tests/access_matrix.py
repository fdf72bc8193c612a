"""Who gets what at every address: a row for each route of the site, a column for each of the cast.

A new address without a row, and a row without an address, fail tests/test_access_matrix.py. What addresses name is the
owner's: the visit (at the doctor's), the draft (in the owner's browser), the dependant. Forms are sent empty.
302 is the way to the log-in page where a person is not known yet, and onward where a form did its work. Under api/ and
fhir/ that is 401; who asks there has a session, and tests/test_api_access.py has the tokens.
"""

from __future__ import annotations

from tests.scene import PEOPLE

#                                                            GET                     | POST
#                                                            anonymous, owner, stranger, doctor, receptionist, manager
PAGES = r"""
(start)                                                      200 200 200 200 200 200 | 405 405 405 405 405 405
medicos/                                                     200 200 200 200 200 200 | 405 405 405 405 405 405
medicos/<slug:slug>/                                         200 200 200 200 200 200 | 405 405 405 405 405 405
agenda/                                                      302 404 404 200 200 200 | 302 405 405 405 405 405
citas/                                                       302 200 200 200 200 200 | 302 405 405 405 405 405
citas/nueva/                                                 405 405 405 405 405 405 | 302 302 302 302 302 302
citas/nueva/<uuid:draft>/para-quien/                         404 200 404 404 404 404 | 404 200 404 404 404 404
citas/nueva/<uuid:draft>/datos/                              404 302 404 404 404 404 | 404 302 404 404 404 404
citas/nueva/<uuid:draft>/motivo/                             404 200 404 404 404 404 | 404 302 404 404 404 404
citas/nueva/<uuid:draft>/revisar/                            404 302 404 404 404 404 | 405 405 405 405 405 405
citas/nueva/<uuid:draft>/hueco/                              404 200 404 404 404 404 | 404 422 404 404 404 404
citas/nueva/<uuid:draft>/confirmar/                          404 302 404 404 404 404 | 404 302 404 404 404 404
citas/hueco/<str:slot>/                                      200 200 200 200 200 200 | 405 405 405 405 405 405
citas/enlace/<str:token>/                                    302 302 302 302 302 302 | 405 405 405 405 405 405
citas/<reference:reference>/                                 302 200 404 200 200 200 | 405 405 405 405 405 405
citas/<reference:reference>/cita.ics                         302 200 404 200 200 200 | 405 405 405 405 405 405
citas/<reference:reference>/mover/                           302 200 404 404 404 404 | 302 422 404 404 404 404
citas/<reference:reference>/cancelar/                        302 200 404 404 404 404 | 302 302 404 404 404 404
perfil/                                                      302 200 200 200 200 200 | 302 405 405 405 405 405
perfil/yo/                                                   302 302 200 200 200 200 | 302 302 200 200 200 200
perfil/nuevo/                                                302 200 200 200 200 200 | 302 200 200 200 200 200
perfil/datos.json                                            302 200 200 200 200 200 | 302 405 405 405 405 405
perfil/<uuid:patient>/                                       302 200 404 404 404 404 | 302 200 404 404 404 404
perfil/<uuid:patient>/quitar/                                302 200 404 404 404 404 | 302 302 404 404 404 404
cuenta/entrar/                                               200 302 302 302 302 302 | 200 302 302 302 302 302
cuenta/codigo/                                               200 302 302 302 302 302 | 200 302 302 302 302 302
cuenta/codigo/confirmar/                                     302 302 302 302 302 302 | 302 302 302 302 302 302
cuenta/salir/                                                302 200 200 200 200 200 | 302 302 302 302 302 302
cuenta/cerrada/                                              200 200 200 200 200 200 | 405 405 405 405 405 405
cuenta/contrasena/                                           200 200 200 200 200 200 | 200 200 200 200 200 200
cuenta/contrasena/enviada/                                   200 200 200 200 200 200 | 405 405 405 405 405 405
cuenta/contrasena/lista/                                     200 200 200 200 200 200 | 405 405 405 405 405 405
cuenta/contrasena/<uidb36>-<key>/                            200 200 200 200 200 200 | 200 200 200 200 200 200
correo/                                                      200 200 200 200 200 200 | 405 405 405 405 405 405
correo/<uuid:key>/                                           200 200 200 200 200 200 | 405 405 405 405 405 405
correo/<uuid:key>/cita.ics                                   200 200 200 200 200 200 | 405 405 405 405 405 405
admin/                                                       302 302 302 200 200 200 | 302 302 302 200 200 200
admin/login/                                                 302 403 403 302 302 302 | 302 403 403 200 200 200
admin/logout/                                                302 302 302 405 405 405 | 302 302 302 302 302 302
admin/password_change/                                       302 302 302 200 200 200 | 302 302 302 200 200 200
admin/password_change/done/                                  302 302 302 200 200 200 | 302 302 302 405 405 405
admin/autocomplete/                                          302 302 302 403 403 403 | 302 302 302 405 405 405
admin/jsi18n/                                                302 302 302 200 200 200 | 302 302 302 405 405 405
admin/r/<path:content_type_id>/<path:object_id>/             302 302 302 404 404 404 | 302 302 302 404 404 404
admin/accounts/user/<id>/password/                           302 302 302 403 403 200 | 302 302 302 403 403 200
admin/doctors/doctor/export/                                 302 302 302 200 200 200 | 302 302 302 200 200 200
admin/doctors/doctor/import/                                 302 302 302 403 403 200 | 302 302 302 403 403 200
admin/patients/patient/export/                               302 302 302 403 200 200 | 302 302 302 403 200 200
admin/patients/patient/import/                               302 302 302 403 200 200 | 302 302 302 403 200 200
admin/<app_label>/                                           302 302 302 404 200 200 | 302 302 302 404 200 200
admin/<url>                                                  302 302 302 404 404 404 | 302 302 302 404 404 404
api/appointments                                             401 200 200 200 200 200 | 401 422 422 422 422 422
api/appointments/<uuidstr:id>                                401 200 404 200 200 200 | 405 405 405 405 405 405
api/docs                                                     200 200 200 200 200 200 | 405 405 405 405 405 405
api/doctors                                                  200 200 200 200 200 200 | 401 403 403 403 403 422
api/doctors/<uuidstr:id>                                     200 200 200 200 200 200 | 405 405 405 405 405 405
api/doctors/<uuidstr:id>/exceptions                          401 403 403 200 200 200 | 401 403 403 422 422 422
api/doctors/<uuidstr:id>/exceptions/<uuidstr:exception>      401 403 403 200 200 200 | 405 405 405 405 405 405
api/doctors/<uuidstr:id>/hours                               401 403 403 200 200 200 | 401 403 403 422 422 422
api/doctors/<uuidstr:id>/hours/<uuidstr:hours>               401 403 403 200 200 200 | 405 405 405 405 405 405
api/doctors/available-slots                                  200 200 200 200 200 200 | 405 405 405 405 405 405
api/health                                                   200 200 200 200 200 200 | 405 405 405 405 405 405
api/openapi.json                                             200 200 200 200 200 200 | 405 405 405 405 405 405
api/patients                                                 401 200 200 200 200 200 | 401 422 422 422 422 422
api/patients/<uuidstr:id>                                    401 200 404 404 200 200 | 405 405 405 405 405 405
fhir/$bulk-publish                                           200 200 200 200 200 200 | 405 405 405 405 405 405
fhir/Appointment                                             401 200 200 200 200 200 | 405 405 405 405 405 405
fhir/Appointment/<str:appointment>                           401 200 404 200 200 200 | 405 405 405 405 405 405
fhir/Location                                                200 200 200 200 200 200 | 405 405 405 405 405 405
fhir/Location/<str:location>                                 200 200 200 200 200 200 | 405 405 405 405 405 405
fhir/PractitionerRole                                        200 200 200 200 200 200 | 405 405 405 405 405 405
fhir/PractitionerRole/<str:role>                             200 200 200 200 200 200 | 405 405 405 405 405 405
fhir/Schedule                                                200 200 200 200 200 200 | 405 405 405 405 405 405
fhir/Schedule/<str:schedule>                                 200 200 200 200 200 200 | 405 405 405 405 405 405
fhir/Slot                                                    400 400 400 400 400 400 | 405 405 405 405 405 405
fhir/Slot/<str:slot>                                         200 200 200 200 200 200 | 405 405 405 405 405 405
fhir/bulk/<str:file>                                         200 200 200 200 200 200 | 405 405 405 405 405 405
fhir/metadata                                                200 200 200 200 200 200 | 405 405 405 405 405 405
idioma/                                                      302 302 302 302 302 302 | 302 302 302 302 302 302
privacidad/                                                  200 200 200 200 200 200 | 405 405 405 405 405 405
live                                                         200 200 200 200 200 200 | 405 405 405 405 405 405
ready                                                        200 200 200 200 200 200 | 405 405 405 405 405 405
estilo/                                                      200 200 200 200 200 200 | 405 405 405 405 405 405
"""

# v may look, a add, c change, d delete. Nobody of the clinic sees Django's own groups or allauth's addresses.
#                            doctor  receptionist  manager
ADMINISTRATION = """
auth.group                   -       -             -
account.emailaddress         -       -             -
accounts.user                -       v             vac
accounts.apitoken            -       -             vc
doctors.clinic               -       -             vc
doctors.location             -       v             vac
doctors.specialty            -       v             vac
doctors.visittype            -       v             vac
doctors.doctor               v       v             vac
doctors.scheduleexception    v       v             vac
patients.patient             -       vac           vac
appointments.appointment     v       vac           vac
notifications.message        -       v             v
notifications.webhookendpoint -      -             vac
notifications.webhookdelivery -      -             v
"""

# What must be allowed for the pages of one model, GET and POST. "" is for every member of the staff.
RIGHT_FOR = {
    "": ("v", "v"),
    "add/": ("a", "a"),
    "<path:object_id>/history/": ("v", "v"),
    "<path:object_id>/delete/": ("d", "d"),
    "<path:object_id>/change/": ("v", "c"),
    "<path:object_id>/": ("", ""),  # sends on to change/
}

Answers = dict[tuple[str, str, str], tuple[int, ...]]  # by route, method, person


def expected() -> Answers:
    """The statuses that are right for each route, method and person."""
    return _of_pages() | _of_administration()


def _of_pages() -> Answers:
    answers: Answers = {}
    for line in PAGES.strip().splitlines():
        route, *statuses = line.replace("|", " ").split()
        assert len(statuses) == 2 * len(PEOPLE), line
        columns = [(method, person) for method in ("GET", "POST") for person in PEOPLE]
        for (method, person), status in zip(columns, statuses, strict=True):
            answers["" if route == "(start)" else route, method, person] = (int(status),)
    return answers


def _of_administration() -> Answers:
    answers: Answers = {}
    for line in ADMINISTRATION.strip().splitlines():
        model, *rights = line.split()
        for page, needed in RIGHT_FOR.items():
            route = f"admin/{model.replace('.', '/')}/{page}"
            for method, right in zip(("GET", "POST"), needed, strict=True):
                answers |= {(route, method, person): (302,) for person in PEOPLE[:3]}
                staff = zip(PEOPLE[3:], rights, strict=True)
                answers |= {(route, method, person): _answer(right, has) for person, has in staff}
    return answers


def _answer(right: str, has: str) -> tuple[int, ...]:
    return (200, 302) if right in has else (403,)
