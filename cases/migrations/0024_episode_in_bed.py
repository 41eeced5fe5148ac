"""Who lies in a bed now is found by an index over the stays that have not ended."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0023_goal_comment")]

    operations = [
        migrations.AddIndex(
            model_name="episode",
            index=models.Index(
                fields=["organization", "bed", "-admitted_on"],
                name="episode_in_bed",
                condition=models.Q(discharged_on__isnull=True),
            ),
        ),
    ]
