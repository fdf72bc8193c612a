"""The queue before the exclusion constraints, and the list of events that only grows: see citas.db.guards."""

from django.db import migrations

from citas.db import guards


class Migration(migrations.Migration):
    dependencies = [("appointments", "0001_initial")]

    operations = [migrations.RunPython(guards.install, guards.remove)]
