"""A row that a guest puts into the outbox must not be read back: no default of the database, nothing returned."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0033_edits_and_drafts"),
    ]

    operations = [
        migrations.AlterField(
            model_name="outbox",
            name="request_id",
            field=models.CharField(blank=True, default="", max_length=36),
        ),
    ]
