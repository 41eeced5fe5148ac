"""A referral that led to no case is emptied after its years."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0047_after_death"),
    ]

    operations = [
        migrations.AddField(
            model_name="referral",
            name="erased_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="销毁日期"),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("erased_on__isnull", True),
                    models.Q(("state__in", ["claimed", "received"]), _negated=True),
                    _connector="OR",
                ),
                name="referral_erased_is_over",
            ),
        ),
    ]
