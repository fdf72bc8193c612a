"""A manager keeps doctors, their hours and the clinic in the administration."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from doctors.models import Clinic, Doctor, Location, ScheduleException, Specialty, VisitType, WorkingHours

EMPTY = {
    f"{prefix}-{name}": 0
    for prefix in ("hours", "offerings", "exceptions")
    for name in ("TOTAL_FORMS", "INITIAL_FORMS")
}


@pytest.fixture
def desk(client, manager):
    client.force_login(manager)
    return client


def typed(specialty, *hours, **fields):
    """A doctor's form as it is posted, with new rows of hours (weekday, from, to, place, more)."""
    data = {"title": "Dra.", "given_names": "Eva", "surnames": "Muñoz Gil", "specialty": specialty.pk, "active": "on"}
    data |= EMPTY | {"hours-TOTAL_FORMS": len(hours)} | fields
    for number, (weekday, starts, ends, place, *more) in enumerate(hours):
        row = {"weekday": weekday, "starts": starts, "ends": ends, "location": place.pk, "valid_from": "2027-01-01"}
        data |= {f"hours-{number}-{name}": value for name, value in {**row, **(more[0] if more else {})}.items()}
    return data


def add(desk, *args, **fields):
    return desk.post(reverse("admin:doctors_doctor_add"), typed(*args, **fields))


def test_a_doctor_is_made_with_hours_and_a_short_name(desk, specialty, place):
    answer = add(desk, specialty, (1, "09:00", "14:00", place), (1, "14:00", "00:00", place))

    assert answer.status_code == 302
    assert Doctor.objects.get(slug="eva-munoz-gil").hours.count() == 2


def test_a_namesake_gets_another_short_name(desk, specialty):
    add(desk, specialty)
    add(desk, specialty)

    assert set(Doctor.objects.values_list("slug", flat=True)) == {"eva-munoz-gil", "eva-munoz-gil-2"}


@pytest.mark.parametrize(
    "second",
    [
        (1, "13:00", "15:00"),
        (1, "08:00", "09:05"),
        (1, "10:00", "11:00"),
        (1, "08:00", "00:00"),
        (1, "13:55", "15:00", {"valid_until": "2027-01-01"}),
    ],
)
def test_overlapping_hours_are_a_form_error_even_at_two_places(desk, specialty, place, second):
    elsewhere = Location.objects.create(name="Sur", slug="sur", address="x", city="Madrid", zone="Europe/Madrid")
    weekday, starts, ends, *more = second

    answer = add(desk, specialty, (1, "09:00", "14:00", place), (weekday, starts, ends, elsewhere, *more))

    assert answer.status_code == 200
    assert answer.context["errors"]
    assert not Doctor.objects.exists()


def test_hours_of_other_weeks_do_not_overlap(desk, specialty, place):
    before = {"valid_until": "2027-02-28"}
    after = {"valid_from": "2027-03-01"}

    answer = add(desk, specialty, (1, "09:00", "14:00", place, before), (1, "09:00", "14:00", place, after))

    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("starts", "ends"), [("10:00", "09:00"), ("09:01", "10:00"), ("09:00", "09:00"), ("", "10:00")]
)
def test_hours_that_make_no_sense_are_a_form_error(desk, specialty, place, starts, ends):
    assert add(desk, specialty, (1, starts, ends, place)).context["errors"]


@pytest.mark.parametrize(
    "row",
    [
        {"kind": "closes", "starts": "09:00"},
        {"kind": "closes", "starts": "10:00", "ends": "09:00"},
        {"kind": "opens"},
        {"kind": "opens", "starts": "09:00", "ends": "10:00"},
    ],
)
def test_exceptions_that_make_no_sense_are_a_form_error(desk, specialty, row):
    fields = {f"exceptions-0-{name}": value for name, value in {"date": "2027-03-02", **row}.items()}

    answer = add(desk, specialty, **{"exceptions-TOTAL_FORMS": 1, **fields})

    assert answer.status_code == 200
    assert answer.context["errors"]


def test_a_day_besides_is_opened(desk, specialty, place):
    row = {"date": "2027-03-06", "kind": "opens", "starts": "09:00", "ends": "00:00", "location": place.pk}
    fields = {f"exceptions-0-{name}": value for name, value in row.items()}

    answer = add(desk, specialty, **{"exceptions-TOTAL_FORMS": 1, **fields})

    assert answer.status_code == 302
    assert str(ScheduleException.objects.get()).startswith("06/03/2027")


def test_rules_that_end_before_they_begin_are_a_form_error(desk, specialty, place):
    dates = {"valid_from": "2027-03-01", "valid_until": "2027-02-01"}

    assert add(desk, specialty, (1, "09:00", "14:00", place, dates)).context["errors"]


def test_a_visit_type_is_made_with_a_short_name(desk):
    numbers = {"position": 0, "duration": 20, "buffer_before": 0, "buffer_after": 0}
    rules = {"minimum_notice": 60, "horizon_days": 90, "cutoff": 1440, "active": "on"}

    desk.post(reverse("admin:doctors_visittype_add"), {"name": "Revisión anual", **numbers, **rules})

    assert VisitType.objects.get().slug == "revision-anual"


def test_changed_hours_warn_of_visits_booked_already(desk, doctor, specialty, place):
    address = reverse("admin:doctors_doctor_change", args=[doctor.pk])

    answer = desk.post(address, typed(specialty, (6, "09:00", "14:00", place)))

    assert answer.status_code == 302
    assert [message.level_tag for message in get_messages(answer.wsgi_request)] == ["warning", "success"]
    assert Doctor.objects.get(pk=doctor.pk).slug == "ana-vega"


def test_exceptions_long_past_are_not_listed(desk, doctor):
    today = timezone.localdate()
    for days in (90, 1):
        ScheduleException.objects.create(doctor=doctor, date=today - timedelta(days=days))

    page = desk.get(reverse("admin:doctors_doctor_change", args=[doctor.pk]))

    [inline] = [inline for inline in page.context["inline_admin_formsets"] if inline.opts.model is ScheduleException]
    assert inline.formset.initial_form_count() == 1


@pytest.mark.parametrize("words", ["munoz", "Muñoz", "eva gil"])
def test_doctors_are_found_without_accents(desk, specialty, words):
    add(desk, specialty)

    page = desk.get(reverse("admin:doctors_doctor_changelist"), {"q": words})

    assert [str(found) for found in page.context["cl"].result_list] == ["Dra. Eva Muñoz Gil"]


def test_the_list_asks_the_same_number_of_questions_for_more_doctors(
    desk, doctor, other_doctor, django_assert_max_num_queries
):
    with django_assert_max_num_queries(12, more_on_mongo=1):
        page = desk.get(reverse("admin:doctors_doctor_changelist"))

    assert len(page.context["cl"].result_list) == 2


def test_hidden_doctors_are_not_listed(desk, doctor):
    Doctor.objects.update(hidden=True)

    assert list(desk.get(reverse("admin:doctors_doctor_changelist")).context["cl"].result_list) == []


@pytest.mark.parametrize("model", [Doctor, Location, Specialty, VisitType, ScheduleException, Clinic])
def test_nothing_is_deleted(desk, doctor, model):
    ScheduleException.objects.create(date=date(2027, 1, 6))
    name, found = model._meta.model_name, model.objects.first()

    assert desk.post(reverse(f"admin:doctors_{name}_delete", args=[found.pk]), {"post": "yes"}).status_code == 403
    desk.post(
        reverse(f"admin:doctors_{name}_changelist"), {"action": "delete_selected", "_selected_action": [found.pk]}
    )
    assert model.objects.filter(pk=found.pk).exists()


def test_a_doctor_is_put_out_of_use_and_in_again(desk, doctor):
    address = reverse("admin:doctors_doctor_changelist")

    desk.post(address, {"action": "deactivate", "_selected_action": [doctor.pk]})
    assert not Doctor.objects.get().active
    desk.post(address, {"action": "activate", "_selected_action": [doctor.pk]})
    assert Doctor.objects.get().active


def test_the_one_clinic_opens_at_once_and_has_no_second(desk, place):
    answer = desk.get(reverse("admin:doctors_clinic_changelist"))

    assert answer.url == reverse("admin:doctors_clinic_change", args=[Clinic.objects.get().pk])
    assert desk.get(reverse("admin:doctors_clinic_add")).status_code == 403


def test_before_there_is_a_clinic_its_list_is_empty(desk):
    assert desk.get(reverse("admin:doctors_clinic_changelist")).status_code == 200


def clinic_form(**fields):
    usual = {"name": "Clínica", "country": "es", "region": "ct", "zone": "Europe/Madrid"}
    return {**usual, "max_upcoming": 6, "legal_version": "2026-11", **fields}


def test_a_clinic_that_moves_closes_on_the_holidays_there(desk, place):
    address = reverse("admin:doctors_clinic_change", args=[Clinic.objects.get().pk])

    assert desk.post(address, clinic_form()).status_code == 302
    assert Clinic.objects.get().region == "CT"
    assert ScheduleException.objects.filter(holiday=True).exists()


@pytest.mark.parametrize("wrong", [{"region": "XX"}, {"zone": "Madrid"}, {"max_upcoming": 0}])
def test_a_place_that_does_not_exist_is_a_form_error(desk, place, wrong):
    address = reverse("admin:doctors_clinic_change", args=[Clinic.objects.get().pk])

    assert desk.post(address, clinic_form(**wrong)).context["errors"]


def test_the_clinics_closings_are_listed_without_the_doctors(desk, doctor, place):
    ScheduleException.objects.create(doctor=doctor, date=date(2027, 1, 7))
    ScheduleException.objects.create(date=date(2027, 1, 6), holiday=True)
    ScheduleException.objects.create(date=date(2027, 1, 5), location=place, starts=time(12), ends=time(14))

    page = desk.get(reverse("admin:doctors_scheduleexception_changelist"))

    assert [row.date.day for row in page.context["cl"].result_list] == [6, 5]


def test_a_holiday_is_put_out_of_use_and_keeps_its_date(desk):
    holiday = ScheduleException.objects.create(date=date(2027, 1, 6), holiday=True)

    desk.post(reverse("admin:doctors_scheduleexception_change", args=[holiday.pk]), {"date": "2027-02-02"})

    holiday.refresh_from_db()
    assert (holiday.date, holiday.active) == (date(2027, 1, 6), False)


def test_only_doctors_accounts_are_offered_to_a_doctor(desk, doctor_user, patient_user):
    page = desk.get(reverse("admin:doctors_doctor_add"))

    assert list(page.context["adminform"].form.fields["user"].queryset) == [doctor_user]


def test_names_of_rows_are_readable(doctor):
    assert str(WorkingHours.objects.first()).endswith("09:00–13:00")
    assert str(doctor.offerings.get()) == "Primera consulta"
