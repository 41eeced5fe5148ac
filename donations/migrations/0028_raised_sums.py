"""A second look may raise a sum that was cut; the disease of a request stands where lists can be narrowed by it."""

import datetime
from importlib import import_module

import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from msw_portal.kernel.walls import Definer, Trigger

first = import_module("donations.migrations.0004_request_guards")
lane = import_module("donations.migrations.0023_appeals_and_lane")
before = import_module("donations.migrations.0027_aid_agreement")
# The group of diseases comes with the hospital's copy and goes with it.
SIDES = before.SIDES.replace("new.later_aid,", "new.later_aid, new.disease_group,").replace(
    "old.later_aid,", "old.later_aid, old.disease_group,"
)
FOLLOWS = first.REQUEST_FOLLOWS.replace(
    "step = 'approve' and amount", "step in ('approve', 'raise') and amount"
)
# The sum that an answer sets is the answer's: written with it by the same house, and never changed.
APPEAL_GUARD = lane.APPEAL_GUARD.replace(
    "new.answered_by_id, new.outcome)", "new.answered_by_id, new.outcome, new.new_amount)"
).replace("old.answered_by_id, old.outcome)", "old.answered_by_id, old.outcome, old.new_amount)")
REFUSE = "raise exception '{text}' using errcode = '23514', constraint = '{name}'"
UNANSWERED = REFUSE.format(
    text="no answer of another person sets this sum", name="funding_act_raise_is_answered"
)
RAISE_IS_ANSWERED = f"""
begin
  if not exists (select 1 from donations_appeal a where a.request_id = new.request_id and a.state = 'answered'
                 and a.new_amount = new.amount and a.answered_by_id <> new.user_id) then {UNANSWERED}; end if;
  return new;
end
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0043_state_aid"),
        ("departments", "0043_published_is_computed"),
        ("donations", "0027_aid_agreement"),
        ("projects", "0009_letters_that_follow"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="fundingact",
            name="funding_act_is_confirmed",
        ),
        migrations.AddField(
            model_name="appeal",
            name="new_amount",
            field=models.DecimalField(
                blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="复核后的金额"
            ),
        ),
        migrations.AddField(
            model_name="fundingrequest",
            name="disease_group",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                max_length=60,
                verbose_name="疾病类别",
            ),
        ),
        migrations.AddIndex(
            model_name="fundingrequest",
            index=models.Index(
                condition=models.Q(("disease_group", ""), _negated=True),
                fields=["counterparty", "disease_group"],
                name="funding_request_disease",
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("new_amount__isnull", True),
                    models.Q(
                        ("decision", "approved"),
                        ("kind", "second_look"),
                        ("new_amount__gt", 0),
                        ("outcome__in", ["upheld", "partly"]),
                        ("state", "answered"),
                    ),
                    _connector="OR",
                ),
                name="appeal_new_amount_fits",
            ),
        ),
        migrations.AddConstraint(
            model_name="fundingact",
            constraint=models.UniqueConstraint(
                condition=models.Q(("step", "raise")),
                fields=("request",),
                name="funding_act_raises_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="fundingact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("step", "raise"), _negated=True),
                    models.Q(("amount__isnull", False), ("duty", "approve")),
                    _connector="OR",
                ),
                name="funding_act_raise_is_approval",
            ),
        ),
        migrations.AddConstraint(
            model_name="fundingact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("step__in", ["approve", "raise", "release"]), _negated=True),
                    models.Q(
                        ("client__isnull", True),
                        (
                            "second_factor_at__gte",
                            django.db.models.expressions.CombinedExpression(
                                models.F("at"), "-", models.Value(datetime.timedelta(seconds=300))
                            ),
                        ),
                        ("second_factor_at__isnull", False),
                        ("second_factor_at__lte", models.F("at")),
                    ),
                    models.Q(
                        ("amount__isnull", False),
                        ("amount__lte", models.F("client_limit")),
                        ("client__isnull", False),
                        ("client_limit__isnull", False),
                        ("step", "approve"),
                    ),
                    _connector="OR",
                ),
                name="funding_act_is_confirmed",
            ),
        ),
        Definer("funding_request_sides()", "trigger", SIDES),
        Definer("funding_request_follows_ledger()", "trigger", FOLLOWS),
        Definer("appeal_guard()", "trigger", APPEAL_GUARD),
        Definer("raise_is_answered()", "trigger", RAISE_IS_ANSWERED),
        Trigger(
            "donations.FundingAct",
            "raise_is_answered",
            "BEFORE INSERT",
            "app.raise_is_answered()",
            condition="new.step = 'raise'",
        ),
    ]
