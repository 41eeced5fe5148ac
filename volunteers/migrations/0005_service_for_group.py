"""For which group a service was."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0038_group_parts_rekeyed"),
        ("volunteers", "0004_anomaly_words"),
    ]

    operations = [
        migrations.AddField(
            model_name="servicerecord",
            name="group",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="service_records",
                to="cases.group",
            ),
        ),
    ]
