from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AppointmentsConfig(AppConfig):
    name = "appointments"
    verbose_name = _("Appointments")

    def ready(self) -> None:
        from appointments import api_repository, repository
        from doctors import api_repository as doctors
        from patients import api_repository as patients
        from patients import finding

        finding.also(repository.patients_of_reference)
        doctors.upcoming.also(api_repository.upcoming_of_doctor)
        patients.visits.also(api_repository.of_patient)
