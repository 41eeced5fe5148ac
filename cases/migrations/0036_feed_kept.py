"""Of a stay that the hospital's system and a person tell differently: what somebody decided to keep."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0035_referral_service")]
    operations = [
        migrations.AddField(
            model_name="episodefeed",
            name="kept",
            field=models.JSONField(default=dict),
        ),
    ]
