from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("<uuid:key>/", views.mail, name="mail"),
    path("<uuid:key>/cita.ics", views.calendar, name="calendar"),
]
