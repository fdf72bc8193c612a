"""What the made-up clinics offer: specialties, the types of visit of each, and the places."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A type of visit; `rules` are fields of doctors.models.VisitType, all minutes."""

    name: str
    name_en: str
    rules: dict[str, Any] = field(default_factory=dict)


FIRST = Kind(name="Primera consulta", name_en="First visit", rules={"duration": 30})
REVIEW = Kind(name="Revisión", name_en="Follow-up visit", rules={"duration": 20})
RESULTS = Kind(name="Resultados de pruebas", name_en="Test results", rules={"duration": 15, "minimum_notice": 60})
VACCINE = Kind(
    name="Vacunación",
    name_en="Vaccination",
    rules={
        "duration": 10,
        "instructions": "Traiga la cartilla de vacunación. Después se espera 15 minutos en la sala.",
        "instructions_en": "Bring the vaccination card. You wait for 15 minutes afterwards.",
    },
)
CHILD = Kind(
    name="Revisión del niño sano",
    name_en="Well-child visit",
    rules={
        "duration": 30,
        "instructions": "Traiga la cartilla de salud infantil.",
        "instructions_en": "Bring the child's health record book.",
    },
)
CARDIOGRAM = Kind(
    name="Electrocardiograma",
    name_en="Electrocardiogram",
    rules={
        "duration": 20,
        "buffer_before": 5,
        "buffer_after": 5,
        "instructions": "No se ponga crema en el pecho ese día.",
        "instructions_en": "Use no cream on your chest that day.",
    },
)
SURGERY = Kind(
    name="Cirugía menor",
    name_en="Minor surgery",
    rules={
        "duration": 45,
        "buffer_before": 10,
        "buffer_after": 15,
        "minimum_notice": 2880,
        "cutoff": 2880,
        "instructions": "Puede desayunar. Si toma anticoagulantes, llame antes a la clínica.",
        "instructions_en": "You may have breakfast. If you take anticoagulants, call the clinic first.",
    },
)
SCAN = Kind(
    name="Ecografía",
    name_en="Ultrasound scan",
    rules={
        "duration": 30,
        "buffer_after": 10,
        "instructions": "Beba medio litro de agua una hora antes.",
        "instructions_en": "Drink half a litre of water an hour before.",
    },
)
INJECTION = Kind(name="Infiltración", name_en="Joint injection", rules={"duration": 25, "buffer_after": 5})

# Specialty, its name in English, and its types of visit.
SPECIALTIES: tuple[tuple[str, str, tuple[Kind, ...]], ...] = (
    ("Medicina de familia", "Family medicine", (FIRST, REVIEW, RESULTS, VACCINE)),
    ("Pediatría", "Paediatrics", (REVIEW, CHILD, VACCINE)),
    ("Dermatología", "Dermatology", (FIRST, REVIEW, SURGERY)),
    ("Ginecología", "Gynaecology", (FIRST, REVIEW, SCAN)),
    ("Traumatología", "Orthopaedics", (FIRST, REVIEW, INJECTION)),
    ("Cardiología", "Cardiology", (FIRST, REVIEW, CARDIOGRAM)),
    ("Oftalmología", "Ophthalmology", (FIRST, REVIEW)),
    ("Otorrinolaringología", "Ear, nose and throat", (FIRST, REVIEW)),
    ("Neurología", "Neurology", (FIRST, REVIEW, RESULTS)),
    ("Endocrinología", "Endocrinology", (FIRST, REVIEW, RESULTS)),
    ("Aparato digestivo", "Gastroenterology", (FIRST, REVIEW, RESULTS, SCAN)),
    ("Urología", "Urology", (FIRST, REVIEW, SCAN)),
    ("Psiquiatría", "Psychiatry", (FIRST, REVIEW)),
    ("Reumatología", "Rheumatology", (FIRST, REVIEW, INJECTION)),
)
KINDS = (FIRST, REVIEW, CHILD, RESULTS, VACCINE, CARDIOGRAM, SCAN, INJECTION, SURGERY)

# Name, address, city, time zone; the first three are the demo's.
PLACES = (
    ("Centro", "Calle de Atocha, 112", "Madrid", "Europe/Madrid"),
    ("Norte", "Calle de Bravo Murillo, 297", "Madrid", "Europe/Madrid"),
    ("Sur", "Paseo de las Delicias, 61", "Madrid", "Europe/Madrid"),
    ("Alcalá", "Calle Mayor, 40", "Alcalá de Henares", "Europe/Madrid"),
    ("Getafe", "Calle de Madrid, 75", "Getafe", "Europe/Madrid"),
    ("Las Palmas", "Calle de Triana, 58", "Las Palmas de Gran Canaria", "Atlantic/Canary"),
)
CLINIC = {
    "name": "Clínica Alameda",
    "email": "citas@example.com",
    "country": "ES",
    "region": "MD",
    "zone": "Europe/Madrid",
}
