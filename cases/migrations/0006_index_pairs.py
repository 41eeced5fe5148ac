"""A second column for every blind index: the keys of even number."""

from django.db import migrations, models

import msw_portal.kernel.crypto


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0005_casework_whole_walls"),
        ("departments", "0016_keys"),
    ]

    operations = [
        migrations.AddField(
            model_name="client",
            name="id_no_bidx2",
            field=msw_portal.kernel.crypto.BlindIndex(),
        ),
        migrations.AddField(
            model_name="client",
            name="phone_bidx2",
            field=msw_portal.kernel.crypto.BlindIndex(),
        ),
        migrations.AddField(
            model_name="episode",
            name="mrn_bidx2",
            field=msw_portal.kernel.crypto.BlindIndex(),
        ),
        migrations.AddField(
            model_name="relatedperson",
            name="phone_bidx2",
            field=msw_portal.kernel.crypto.BlindIndex(),
        ),
        migrations.AddIndex(
            model_name="client",
            index=models.Index(fields=["organization", "phone_bidx2"], name="client_phone2"),
        ),
        migrations.AddIndex(
            model_name="client",
            index=models.Index(fields=["organization", "id_no_bidx2"], name="client_id_no2"),
        ),
        migrations.AddConstraint(
            model_name="client",
            constraint=models.UniqueConstraint(
                condition=models.Q(("id_no_bidx2__isnull", False), ("root", models.F("id"))),
                fields=("organization", "id_type", "id_no_bidx2"),
                name="client_id_once2",
            ),
        ),
        migrations.AddConstraint(
            model_name="episode",
            constraint=models.UniqueConstraint(
                fields=("organization", "mrn_bidx2", "admitted_on"), name="episode_stay_once2"
            ),
        ),
    ]
