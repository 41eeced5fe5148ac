"""The next deadline of a subject is asked for in every row of a list."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("departments", "0008_api_clients")]

    operations = [
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                fields=["subject_kind", "subject_id", "due_at"],
                name="task_open_subject",
                condition=models.Q(("state", "open")),
            ),
        ),
    ]
