"""Every table of this app gets its class."""

from django.db import migrations

from msw_portal.kernel.walls import Wall


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_casework"), ("departments", "0007_installation")]
    operations = [
        Wall("cases.Client", "CARE"),
        Wall("cases.RelatedPerson", "CARE"),
        Wall("cases.Episode", "CARE"),
        Wall("cases.Referral", "SHARED+COMP"),
        Wall("cases.Case", "CASE"),
        Wall("cases.CaseMember", "CASE"),
        Wall("cases.CaseForm", "CASE"),
        Wall("cases.RiskAlert", "CASE"),
        Wall("cases.Need", "CASE"),
        Wall("cases.Plan", "CASE"),
        Wall("cases.Goal", "CASE"),
        Wall("cases.GoalNeed", "CASE"),
        Wall("cases.Contact", "CASE"),
        Wall("cases.Assessment", "CASE"),
        Wall("cases.ConsentTemplate", "OPEN"),
        Wall("cases.Consent", "CASE"),
        Wall("cases.Disclosure", "COPY"),
        Wall("cases.DisclosureDocument", "COPY"),
    ]
