"""The ward round: a contact names needs and the entry it was written as; a ward's beds have an index."""

import django.contrib.postgres.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0028_legal_capacity"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="needs",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40),
                blank=True,
                default=list,
                size=None,
                verbose_name="涉及的需求",
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="entry_key",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(
                condition=models.Q(("entry_key__isnull", False)),
                fields=("created_by", "entry_key"),
                name="contact_entry_once",
            ),
        ),
        migrations.AddIndex(
            model_name="episode",
            index=models.Index(
                condition=models.Q(("discharged_on__isnull", True), ("ward__isnull", False)),
                fields=["ward", "bed"],
                name="episode_in_ward",
            ),
        ),
    ]
