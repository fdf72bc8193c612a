"""One example of each thing that the API sends or takes; tests hold each against its schema."""

from __future__ import annotations

from typing import Any

DOCTOR, PATIENT = "0193e4a0-7c1e-7000-8000-00000000000d", "0193e4a0-7c1e-7000-8000-00000000000a"
VISIT_TYPE, LOCATION = "0193e4a0-7c1e-7000-8000-00000000000f", "0193e4a0-7c1e-7000-8000-00000000000c"
APPOINTMENT, HOURS = "0193e4a0-7c1e-7000-8000-000000000001", "0193e4a0-7c1e-7000-8000-000000000002"
PLACE = {"zone": "Europe/Madrid"}
TIMES = {"starts_at": "2027-03-09T16:30:00+01:00", "ends_at": "2027-03-09T16:50:00+01:00"}
KEYS = {"doctor": DOCTOR, "visit_type": VISIT_TYPE, "location": LOCATION}
SLOT = {"id": f"{DOCTOR}.{VISIT_TYPE}.{LOCATION}.20270309T1530Z", **KEYS, **TIMES, **PLACE}
NAMES = {"title": "Dra.", "given_names": "Ana", "surnames": "Vega Ruiz"}
DOCTOR_OUT = {
    "id": DOCTOR,
    "slug": "ana-vega-ruiz",
    "name": "Dra. Ana Vega Ruiz",
    **NAMES,
    "specialty": {"id": "0193e4a0-7c1e-7000-8000-00000000000e", "slug": "dermatologia", "name": "Dermatología"},
    "languages": "Español, inglés",
    "bio": "",
    "bio_en": "",
}
PERSON = {
    "relationship": "child",
    "given_names": "Lía",
    "first_surname": "Muñoz",
    "second_surname": "Prieto",
    "birth_date": "2019-05-01",
    "document_type": "",
    "document_number": "",
    "phone": "+34600000001",
}
RULE = {"weekday": 1, "starts": "09:00", "ends": "13:00", "valid_from": "2027-01-01", "valid_until": None}
DAY_OFF = {"date": "2027-05-03", "starts": None, "ends": None, "kind": "closes", "reason": "Congreso"}

EXAMPLES: dict[str, Any] = {
    "HealthOut": {"status": "ok"},
    "SlotOut": SLOT,
    "SlotsOut": {"items": [SLOT], "next": None, "next_free": None},
    "BookIn": {**SLOT, "patient": PATIENT, "reason": "Una mancha", "answers": {}},
    "ChangeIn": {"starts_at": TIMES["starts_at"]},
    "AppointmentOut": {
        "id": APPOINTMENT,
        "reference": "7KQ3MTRW",
        **KEYS,
        "patient": PATIENT,
        **TIMES,
        **PLACE,
        "status": "booked",
        "reason": "Una mancha",
        "answers": {},
        "created_at": "2027-03-02T10:00:00.123000+01:00",
        "updated_at": "2027-03-02T10:00:00.123000+01:00",
    },
    "DoctorOut": DOCTOR_OUT,
    "DoctorDetailOut": {**DOCTOR_OUT, "visit_types": [], "locations": []},
    "DoctorIn": {**NAMES, "specialty": "dermatologia", "visit_types": ["primera-consulta"]},
    "DoctorChange": {"languages": "Español, francés"},
    "HoursOut": {"id": HOURS, "doctor": DOCTOR, "location": LOCATION, **PLACE, **RULE},
    "HoursIn": {"location": "centro", **RULE},
    "HoursChange": {"ends": "14:00"},
    "ExceptionOut": {"id": HOURS, "doctor": DOCTOR, "location": None, "zone": None, **DAY_OFF},
    "ExceptionIn": DAY_OFF,
    "ExceptionChange": {"reason": "Vacaciones"},
    "PatientOut": {"id": PATIENT, **PERSON, "document_country": "", "email": "ana@example.com", "language": "es"},
    "PatientIn": {**PERSON, "consent": True},
    "PatientChange": {"phone": "+34600000002"},
}
