"""A sign-up that was not taken is emptied after its years."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("volunteers", "0005_service_for_group"),
    ]

    operations = [
        migrations.AddField(
            model_name="volunteer",
            name="erased_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="销毁日期"),
        ),
        migrations.AddConstraint(
            model_name="volunteer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("erased_on__isnull", True), ("state", "refused"), _connector="OR"
                ),
                name="volunteer_erased_is_refused",
            ),
        ),
    ]
