"""What the hospital blackens on a paper before the foundation gets its copy."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("donations", "0033_approved_within_proposed")]

    operations = [
        migrations.AddField(
            model_name="requestdocument",
            name="boxes",
            field=models.JSONField(blank=True, default=list, verbose_name="遮盖"),
        )
    ]
