from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="forget_at",
            field=models.DateTimeField(blank=True, db_index=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="message",
            name="dedupe_key",
            field=models.CharField(editable=False, max_length=340, unique=True),
        ),
        migrations.AlterField(
            model_name="message",
            name="recipient",
            field=models.EmailField(max_length=254, verbose_name="recipient"),
        ),
    ]
