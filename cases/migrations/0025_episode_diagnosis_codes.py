"""A stay has the ICD-10 codes of its diagnoses beside their words."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0028_episode_in_bed")]

    operations = [
        migrations.AddField(
            model_name="episode",
            name="diagnosis_codes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=10),
                blank=True,
                default=list,
                size=None,
                verbose_name="诊断编码（ICD-10）",
            ),
        ),
    ]
