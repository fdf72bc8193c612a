"""The logins of the demo clinic: `seed` makes them, demo pages and `make run` show them. Refused in production."""

PASSWORD = "demo-citas-2026"  # noqa: S105 - published on purpose
PATIENT = "paciente@example.com"
DOCTOR = "medica@example.com"
RECEPTIONIST = "recepcion@example.com"
MANAGER = "gerencia@example.com"
LOGINS = (PATIENT, DOCTOR, RECEPTIONIST, MANAGER)
