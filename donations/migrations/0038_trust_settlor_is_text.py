"""Who sets up a trust is a name; the column for a body of the register was never written."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("donations", "0037_order_81"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="charitabletrust",
            name="settlor_organization",
        ),
    ]
