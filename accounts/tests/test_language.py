"""The language that is chosen on a page is the one of the mails."""

from django.urls import reverse


def test_choice_is_kept_with_the_account(client, patient_user):
    client.force_login(patient_user)
    response = client.post(reverse("set_language"), {"language": "en", "next": "/perfil/"})
    assert response["Location"] == "/perfil/"
    patient_user.refresh_from_db()
    assert patient_user.language == "en"


def test_unknown_language_changes_nothing(client, patient_user):
    client.force_login(patient_user)
    client.post(reverse("set_language"), {"language": "xx"})
    patient_user.refresh_from_db()
    assert patient_user.language == "es"


def test_stranger_chooses_for_the_browser(client, db):
    client.post(reverse("set_language"), {"language": "en", "next": "/"})
    assert client.cookies["language"].value == "en"
