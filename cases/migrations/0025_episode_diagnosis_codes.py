"""A stay has the ICD-10 codes of its diagnoses beside their words, sealed like them."""

from django.db import migrations

import msw_portal.kernel.crypto


class Migration(migrations.Migration):
    dependencies = [("cases", "0024_episode_in_bed")]

    operations = [
        migrations.AddField(
            model_name="episode",
            name="diagnosis_codes",
            field=msw_portal.kernel.crypto.SealedJSON(
                blank=True, null=True, verbose_name="诊断编码（ICD-10）"
            ),
        ),
    ]
