"""The class of every table of this app."""

from django.db import migrations

from msw_portal.kernel.walls import Wall


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_figures"), ("departments", "0007_installation")]
    operations = [
        Wall("reports.Indicator", "GLOBAL"),
        # Written by triggers and the compactor alone.
        Wall("reports.Rollup", "TENANT", grant="SELECT"),
        Wall("reports.RollupDelta", "TENANT", grant="SELECT"),
        Wall("reports.IndicatorSnapshot", "RELEASED"),
        Wall("reports.ReportRun", "TENANT"),
    ]
