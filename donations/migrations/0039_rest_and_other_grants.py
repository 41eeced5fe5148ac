"""A rest is given back by two persons; what other foundations granted stands in the request without their names."""

from importlib import import_module

from django.db import migrations, models
from django.db.models import Q

from msw_portal.kernel.walls import Definer, Trigger

before = import_module("donations.migrations.0035_no_money_after_death")
REFUSE = "raise exception '{text}' using errcode = '23514', constraint = '{name}'"
ALONE = REFUSE.format(text="another person asks for it", name="funding_act_rest_by_two")
# What is granted elsewhere is the hospital's to say, as the rest of the bill is.
SIDES = before.SIDES.replace("new.later_aid,", "new.later_aid, new.other_grants,").replace(
    "old.later_aid,", "old.later_aid, old.other_grants,"
)
REST_BY_TWO = f"""
begin
  if not exists (select 1 from donations_fundingact a where a.request_id = new.request_id and a.step = 'ask_rest'
                 and a.amount = new.amount and a.user_id <> new.user_id) then {ALONE}; end if;
  return new;
end
"""


class Migration(migrations.Migration):
    dependencies = [("donations", "0038_trust_settlor_is_text")]

    operations = [
        migrations.AddField(
            model_name="fundingrequest",
            name="other_grants",
            field=models.DecimalField(
                db_default=0,
                decimal_places=2,
                default=0,
                editable=False,
                max_digits=14,
                verbose_name="其他机构已批准的救助",
            ),
        ),
        migrations.AddConstraint(
            model_name="fundingrequest",
            constraint=models.CheckConstraint(
                condition=Q(other_grants__gte=0), name="funding_request_other_grants_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="fundingact",
            constraint=models.CheckConstraint(
                condition=(
                    ~Q(step="ask_rest")
                    | Q(duty__in=["verify", "review1", "review2", "prepare"], amount__isnull=False)
                )
                & (~Q(step__in=["release_rest", "keep_rest"]) | Q(duty__in=["approve", "release"])),
                name="funding_act_rest_fits_duty",
            ),
        ),
        Definer("funding_request_sides()", "trigger", SIDES),
        Definer("rest_by_two()", "trigger", REST_BY_TWO),
        Trigger(
            "donations.FundingAct",
            "rest_by_two",
            "BEFORE INSERT",
            "app.rest_by_two()",
            condition="new.step = 'release_rest'",
        ),
    ]
