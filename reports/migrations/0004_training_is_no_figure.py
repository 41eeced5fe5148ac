"""A house for training releases no figure and makes no report: what leaves a house is counted as real."""

from django.db import migrations

from msw_portal.kernel.walls import Trigger


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_rollup_triggers"), ("departments", "0019_training_apart")]
    operations = [
        Trigger(
            "reports.IndicatorSnapshot",
            "no_training",
            "BEFORE INSERT OR UPDATE",
            "app.no_training()",
        ),
        Trigger(
            "reports.ReportRun",
            "no_training",
            "BEFORE INSERT",
            "app.no_training()",
        ),
    ]
