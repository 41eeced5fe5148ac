"""An approved list is given up by another than its maker; a gift goes back after its receipt, not before."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from msw_portal.kernel.walls import Definer, Trigger

value = import_module("donations.migrations.0018_goods_value")
before = import_module("donations.migrations.0025_payment_guards")
REFUSE = before.REFUSE
ANOTHER = REFUSE.format(
    text="an approved list is given up by another", name="payment_list_cancelled_by_another"
)
UNEXECUTED = REFUSE.format(text="the bank has its file", name="payment_list_taken_is_unexecuted")
# Asked as the list is given up, so that what was given up before stays as it is.
LIST = before.LIST.replace(
    "  return new;\nend\n",
    f"""  if old.file_taken_at is not null and new.file_taken_at is distinct from old.file_taken_at then {before.FIXED}; end if;
  if old.state = 'approved' and new.state = 'cancelled' then
    if new.cancelled_by_id is null or new.cancelled_by_id = old.made_by_id or new.cancelled_at is null
       or new.cancel_factor_at is null or new.cancel_factor_at > new.cancelled_at
       or new.cancel_factor_at < new.cancelled_at - interval '5 minutes' then {ANOTHER}; end if;
    if old.file_taken_at is not null and not new.is_unexecuted then {UNEXECUTED}; end if;
  end if;
  return new;
end
""",
)
STANDS = REFUSE.format(
    text="the receipt of this gift stands", name="donation_returned_without_receipt"
)
RETURNED = f"""
begin
  if app.org() is null then return new; end if;
  if new.state = 'returned' and old.state <> 'returned'
     and exists (select 1 from donations_receipt r where r.donation_id = new.id and r.state = 'issued' and r.red_of_id is null)
     then {STANDS}; end if;
  return new;
end
"""
# Of a gift that went back a receipt stands for what was kept.
FOUNDED = value.RECEIPT_FOUNDED.replace(
    "select organization_id, state, amount into strict d from",
    """select organization_id, state, amount - case when state = 'returned' then
           (select coalesce(sum(b.amount), 0) from donations_donationreturn b where b.donation_id = new.donation_id and b.state = 'paid')
           else 0 end as amount into strict d from""",
).replace("d.state <> 'booked'", "d.state not in ('booked', 'returned')")


class Migration(migrations.Migration):
    dependencies = [
        ("donations", "0030_own_requests_newest"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="paymentlist",
            name="file_taken_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="首次导出时间"),
        ),
        migrations.AddField(
            model_name="paymentlist",
            name="cancelled_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="paymentlist",
            name="cancelled_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="作废时间"),
        ),
        migrations.AddField(
            model_name="paymentlist",
            name="cancel_factor_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="paymentlist",
            name="is_unexecuted",
            field=models.BooleanField(
                db_default=False, default=False, editable=False, verbose_name="银行确认未执行"
            ),
        ),
        Definer("payment_list_fixed()", "trigger", LIST),
        Definer("donation_returned()", "trigger", RETURNED),
        Definer("receipt_founded()", "trigger", FOUNDED),
        Trigger("donations.Donation", "returned", "BEFORE UPDATE", "app.donation_returned()"),
    ]
