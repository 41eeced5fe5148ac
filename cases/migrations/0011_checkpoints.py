"""Which place of the whole course a contact or an assessment belongs to."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0010_training_apart"),
        ("departments", "0019_training_apart"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="checkpoint",
            field=models.CharField(
                blank=True,
                choices=[
                    ("admission", "入院"),
                    ("pre_op", "术前"),
                    ("operation", "术中"),
                    ("post_op", "术后"),
                    ("discharge", "出院"),
                    ("follow_up", "随访"),
                ],
                max_length=20,
                verbose_name="全程节点",
            ),
        ),
        migrations.AlterField(
            model_name="assessment",
            name="checkpoint",
            field=models.CharField(
                blank=True,
                choices=[
                    ("admission", "入院"),
                    ("pre_op", "术前"),
                    ("operation", "术中"),
                    ("post_op", "术后"),
                    ("discharge", "出院"),
                    ("follow_up", "随访"),
                ],
                max_length=20,
                verbose_name="全程节点",
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "checkpoint__in",
                        [
                            "",
                            "admission",
                            "pre_op",
                            "operation",
                            "post_op",
                            "discharge",
                            "follow_up",
                        ],
                    )
                ),
                name="assessment_checkpoint_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "checkpoint__in",
                        [
                            "",
                            "admission",
                            "pre_op",
                            "operation",
                            "post_op",
                            "discharge",
                            "follow_up",
                        ],
                    )
                ),
                name="contact_checkpoint_known",
            ),
        ),
    ]
