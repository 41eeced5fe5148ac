"""One live code of a kind at a place: the new one takes the old one's place."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("departments", "0017_rekeying")]
    operations = [
        migrations.AddConstraint(
            model_name="accesslink",
            constraint=models.UniqueConstraint(
                name="access_link_one_live_door",
                fields=["organization", "kind", "department"],
                condition=models.Q(kind__in=["ward_door", "self_door"], revoked_at__isnull=True),
            ),
        ),
    ]
