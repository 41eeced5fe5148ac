"""A key never leaves the key file, so no check of one is ever retired."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("departments", "0045_task_runs")]

    operations = [migrations.RemoveField("keycheck", "retired_at")]
