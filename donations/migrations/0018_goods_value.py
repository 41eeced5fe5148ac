"""What came in kind stands behind its lot, is booked by its acceptance alone, and a receipt reads an empty original."""

from django.db import migrations

from msw_portal.kernel.walls import Definer, Trigger

# As in 0015, and what came in kind: a claim that no request for money can draw on.
LOT_FUNDED = """
begin
  if new.amount is distinct from (
      select sum(a.side * e.amount) from donations_ledgerentry e
        join donations_ledgerjournal j on j.id = e.journal_id join donations_ledgeraccount a on a.id = e.account_id
       where e.lot_id = new.id and j.kind in ('donation', 'interest') and a.kind in ('available', 'in_kind'))
     or new.organization_id is distinct from coalesce(
          (select organization_id from donations_donation where id = new.donation_id),
          (select organization_id from donations_ledgerorder where id = new.order_id and kind = 'interest')) then
    raise exception 'lot % is not what was booked', new.id using errcode = '23514', constraint = 'donation_lot_funded';
  end if;
  return null;
end
"""
# A record that was never assigned cannot be read, a row of the table can: its columns are empty.
RECEIPT_FOUNDED = """
declare d record; s record; o donations_receipt;
begin
  select organization_id, state, amount into strict d from donations_donation where id = new.donation_id;
  select organization_id, first, last into strict s from donations_receiptseries where id = new.series_id;
  if new.red_of_id is not null then
    select * into strict o from donations_receipt where id = new.red_of_id;
  end if;
  if d.organization_id <> new.organization_id or s.organization_id <> new.organization_id
     or new.number not between s.first and s.last
     or (new.red_of_id is null and (d.state <> 'booked' or d.amount is distinct from new.amount))
     or (new.red_of_id is not null and (o.donation_id, o.amount, o.state) is distinct from (new.donation_id, new.amount, 'reversed'))
     or o.red_of_id is not null then
    raise exception 'receipt has no booked gift' using errcode = '23514', constraint = 'receipt_founded';
  end if;
  return new;
end
"""
BOOKED_BY_INTAKE = """
begin
  if exists (select 1 from donations_goodsintake where donation_id = new.id and state <> 'booked') then
    raise exception 'goods are booked by their acceptance'
      using errcode = '23514', constraint = 'goods_booked_by_acceptance';
  end if;
  return new;
end
"""


class Migration(migrations.Migration):
    dependencies = [("donations", "0017_gifts")]
    operations = [
        Definer("donation_lot_funded()", "trigger", LOT_FUNDED),
        Definer("receipt_founded()", "trigger", RECEIPT_FOUNDED),
        Definer("goods_booked_by_acceptance()", "trigger", BOOKED_BY_INTAKE),
        Trigger(
            "donations.Donation",
            "goods_booked_by_acceptance",
            "BEFORE UPDATE OF state",
            "app.goods_booked_by_acceptance()",
            condition="new.state = 'booked' AND old.state <> 'booked'",
        ),
    ]
