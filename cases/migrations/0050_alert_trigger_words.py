"""Distress raises an alert from the points of a dated rule on, and no longer at ten alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0049_referral_profession")]
    operations = [
        migrations.AlterField(
            model_name="riskalert",
            name="trigger",
            field=models.CharField(
                choices=[
                    ("phq9_9", "PHQ-9 第 9 题"),
                    ("worker", "社工发现"),
                    ("distress", "痛苦程度达到预警分"),
                    ("screen", "快速筛查"),
                    ("minor_harm", "未成年人疑似受侵害"),
                    ("violence", "疑似遭受暴力或虐待"),
                ],
                max_length=20,
                verbose_name="触发",
            ),
        ),
    ]
