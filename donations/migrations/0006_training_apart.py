"""No funding request between a house for training and a real foundation, from its first draft on."""

from django.db import migrations

from msw_portal.kernel.walls import Definer, Trigger

# A draft has no other house yet, but a programme that has one.
SAME_PROGRAMME = """
begin
  if (select count(distinct o.is_training) from departments_organization o where o.id in (new.organization_id,
        (select v.organization_id from donations_programmeversion v where v.id = new.programme_version_id))) > 1 then
    raise exception 'a training house and a real one have no business' using errcode = '23514', constraint = 'training_stays_apart';
  end if;
  return new;
end
"""


class Migration(migrations.Migration):
    dependencies = [("donations", "0005_donor_number"), ("departments", "0019_training_apart")]
    operations = [
        Definer("same_programme()", "trigger", SAME_PROGRAMME),
        Trigger(
            "donations.FundingRequest",
            "same_programme",
            "BEFORE INSERT OR UPDATE OF programme_version_id",
            "app.same_programme()",
        ),
        Trigger(
            "donations.FundingRequest",
            "same_ground",
            "BEFORE INSERT OR UPDATE OF counterparty_id",
            "app.same_ground('counterparty_id')",
        ),
    ]
