"""Every table of the money side gets its class; the books may be added to and never changed."""

from django.db import migrations

from msw_portal.kernel.walls import Wall

ADD_ONLY = "SELECT, INSERT"
# A row lock needs the right to update something; balances are the trigger's alone.
LOCK_ONLY = "SELECT, UPDATE (lock_touch)"
KEEP = "SELECT, INSERT, UPDATE"


class Migration(migrations.Migration):
    dependencies = [("donations", "0001_money"), ("departments", "0006_walls")]
    operations = [
        Wall("donations.CharityProfile", "TENANT"),
        Wall("donations.Fund", "TENANT", grant=KEEP),
        Wall("donations.FundPurpose", "TENANT", grant=KEEP),
        Wall("donations.Donor", "TENANT"),
        Wall("donations.Donation", "TENANT", grant=KEEP),
        Wall("donations.LedgerAccount", "TENANT", grant=LOCK_ONLY),
        Wall("donations.LedgerJournal", "TENANT", grant=ADD_ONLY),
        Wall("donations.LedgerEntry", "TENANT", grant=ADD_ONLY),
        Wall("donations.DonationLot", "TENANT", grant=ADD_ONLY),
        Wall("donations.LotBalance", "TENANT", grant=LOCK_ONLY),
        Wall("donations.Programme", "TENANT", grant=KEEP),
        Wall("donations.ProgrammeVersion", "OPEN"),
        Wall("donations.FundingRequest", "SHARED", grant=KEEP),
        Wall("donations.RequestSheet", "CARE"),
        Wall("donations.CostLine", "SHARED"),
        Wall("donations.RequestDocument", "SHARED"),
        # A duty that could be deleted could be exchanged for another.
        Wall("donations.FundingDuty", "SHARED", grant=ADD_ONLY),
        Wall("donations.FundingAct", "SHARED", grant=ADD_ONLY),
        Wall("donations.Disbursement", "SHARED", grant=KEEP),
        migrations.RunSQL(
            "ALTER TABLE donations_lotbalance SET (fillfactor = 70)",
            "ALTER TABLE donations_lotbalance RESET (fillfactor)",
        ),
    ]
