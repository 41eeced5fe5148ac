"""A referral says the profession of its sender, so that a ward's doctors and nurses can be told apart."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0048_referral_erased")]
    operations = [
        migrations.AddField(
            model_name="referral",
            name="from_profession",
            field=models.CharField(
                blank=True,
                choices=[
                    ("doctor", "医师"),
                    ("nurse", "护士"),
                    ("therapist", "康复、技师"),
                    ("social_worker", "社工"),
                    ("administrator", "行政"),
                    ("family", "家属或本人"),
                    ("other", "其他"),
                ],
                db_default="",
                default="",
                max_length=20,
                verbose_name="转介人的职业",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                name="referral_profession_known",
                condition=models.Q(
                    from_profession__in=[
                        *("", "doctor", "nurse", "therapist", "social_worker", "administrator"),
                        *("family", "other"),
                    ]
                ),
            ),
        ),
    ]
