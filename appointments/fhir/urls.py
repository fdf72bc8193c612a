from django.urls import path

from appointments.fhir import bulk_views, views

app_name = "fhir"
urlpatterns = [
    path("metadata", views.metadata, name="metadata"),
    path("Location", views.locations, name="locations"),
    path("Location/<str:location>", views.location, name="location"),
    path("PractitionerRole", views.roles, name="roles"),
    path("PractitionerRole/<str:role>", views.role, name="role"),
    path("Schedule", views.schedules, name="schedules"),
    path("Schedule/<str:schedule>", views.schedule, name="schedule"),
    path("Slot", views.slots, name="slots"),
    path("Slot/<str:slot>", views.slot, name="slot"),
    path("Appointment", views.appointments, name="appointments"),
    path("Appointment/<str:appointment>", views.appointment, name="appointment"),
    path("$bulk-publish", bulk_views.manifest, name="bulk_publish"),
    path("bulk/<str:file>", bulk_views.file, name="bulk_file"),
]
