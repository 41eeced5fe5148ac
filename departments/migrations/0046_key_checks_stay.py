"""A key never leaves the key file, so no check of one is ever retired.

The column itself goes with a later version: the one before this still asks for it while machines are rolled over.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("departments", "0045_task_runs")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField("keycheck", "retired_at")]
        )
    ]
