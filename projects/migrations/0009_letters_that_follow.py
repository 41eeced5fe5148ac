"""An application may get a second letter: its place can change while the notice stands."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0008_cultivation_walls")]
    operations = [
        migrations.AlterField(
            model_name="outcomeletter",
            name="application",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="letters",
                to="projects.application",
            ),
        ),
        migrations.AddConstraint(
            model_name="outcomeletter",
            constraint=models.UniqueConstraint(
                condition=models.Q(("sent_at__isnull", True)),
                fields=("application",),
                name="letter_draft_once",
            ),
        ),
    ]
