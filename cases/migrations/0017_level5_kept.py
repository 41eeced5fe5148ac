"""What was decided against the proposal of secrecy level 5."""

from django.db import migrations

from msw_portal.kernel.crypto import SealedJSON


class Migration(migrations.Migration):
    dependencies = [("cases", "0016_break_glass")]
    operations = [
        migrations.AddField("case", "level5_kept", SealedJSON(editable=False, null=True)),
    ]
