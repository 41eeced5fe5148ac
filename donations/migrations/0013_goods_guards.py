"""Goods never go out more than in, receipts never say what was not given: walls, triggers, accounts."""

from importlib import import_module

from django.db import migrations

from msw_portal.kernel.walls import Definer, Trigger, Wall

same_house = import_module("cases.migrations.0003_triggers").same_house
KEEP = "SELECT, INSERT, UPDATE"
ADD_ONLY = "SELECT, INSERT"
# What stands on a lot is counted once; what lies there is the trigger's alone.
VALUE_ONLY = (
    "SELECT, INSERT, UPDATE (valuation_basis, valuation, valuation_note, evidence_id, valued_by_id)"
)
END_ONLY = "SELECT, INSERT, UPDATE (state, ended_at, ended_by_id, end_reason)"

# The lot is locked first, so that movements of one lot are folded one by one under the checks.
MOVE_ADDED = """
declare l record; plus bigint; minus bigint;
begin
  select organization_id, quantity, expires_on into strict l from donations_goodslot where id = new.lot_id for no key update;
  if l.organization_id <> new.organization_id
     or (new.kind = 'in' and new.quantity <> l.quantity)
     or (new.kind = 'loss' and not exists (select 1 from donations_stockloss s where s.id = new.loss_id
           and s.lot_id = new.lot_id and s.site_id = new.site_id and s.quantity = new.quantity and s.state = 'confirmed'))
     or (new.kind = 'out' and not exists (select 1 from donations_distribution d where d.id = new.distribution_id
           and d.site_id = new.site_id and d.state = 'signed')) then
    raise exception 'movement has no ground' using errcode = '23514', constraint = 'stock_move_founded';
  end if;
  if new.kind = 'out' and l.expires_on < (new.at at time zone 'Asia/Shanghai')::date then
    raise exception 'lot is expired' using errcode = '23514', constraint = 'stock_move_not_expired';
  end if;
  plus := case new.kind when 'in' then new.site_id when 'transfer' then new.to_site_id end;
  minus := case when new.kind <> 'in' then new.site_id end;
  if minus is not null then
    update donations_goodsstock set on_hand = on_hand - new.quantity where lot_id = new.lot_id and site_id = minus;
    if not found then
      raise exception 'nothing of the lot lies there' using errcode = '23514', constraint = 'goods_stock_never_below_nothing';
    end if;
  end if;
  if plus is not null then
    insert into donations_goodsstock (created_at, created_by_id, organization_id, lot_id, site_id, on_hand)
      values (new.at, new.created_by_id, new.organization_id, new.lot_id, plus, new.quantity)
      on conflict (lot_id, site_id) do update set on_hand = donations_goodsstock.on_hand + excluded.on_hand;
  end if;
  if new.kind <> 'transfer' then
    update donations_goodslot set on_hand = on_hand + case when new.kind = 'in' then new.quantity else - new.quantity end
     where id = new.lot_id;
  end if;
  return null;
end
"""
LOT_KEPT = """
begin
  if tg_op = 'INSERT' then
    new.on_hand := 0;
    if (select donation_id from donations_goodsintake where id = new.intake_id) <> new.donation_id then
      raise exception 'lot belongs to its intake' using errcode = '23514', constraint = 'stock_move_founded';
    end if;
  elsif (new.valuation, new.valuation_basis) is distinct from (old.valuation, old.valuation_basis)
     and exists (select 1 from donations_goodsintake where id = new.intake_id and state in ('booked', 'registered', 'refused')) then
    raise exception 'a booked value stands' using errcode = '23514', constraint = 'goods_lot_value_stands';
  end if;
  return new;
end
"""
LINE_OPEN = """
begin
  perform 1 from donations_distribution
    where id = case when tg_op = 'DELETE' then old.distribution_id else new.distribution_id end
      and state = 'draft' for key share;
  if not found then
    raise exception 'the sheet is signed' using errcode = '23514', constraint = 'distribution_line_open';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end
"""
RECEIPT_FOUNDED = """
declare d record; s record; o record;
begin
  select organization_id, state, amount into strict d from donations_donation where id = new.donation_id;
  select organization_id, first, last into strict s from donations_receiptseries where id = new.series_id;
  if new.red_of_id is not null then
    select donation_id, amount, red_of_id, state into strict o from donations_receipt where id = new.red_of_id;
  end if;
  if d.organization_id <> new.organization_id or s.organization_id <> new.organization_id
     or new.number not between s.first and s.last
     or (new.red_of_id is null and (d.state <> 'booked' or d.amount is distinct from new.amount))
     or (new.red_of_id is not null and (o.donation_id, o.amount, o.state) is distinct from (new.donation_id, new.amount, 'reversed')
         or o.red_of_id is not null) then
    raise exception 'receipt has no booked gift' using errcode = '23514', constraint = 'receipt_founded';
  end if;
  return new;
end
"""
# Opened when the first goods of a fund are booked: most funds never hold any.
GOODS_ACCOUNTS = """
declare house bigint;
begin
  select organization_id into strict house from donations_fund where id = p_fund and organization_id = app.org();
  if p_purpose is not null and not exists (select 1 from donations_fundpurpose where id = p_purpose and fund_id = p_fund) then
    raise exception 'a purpose belongs to its fund' using errcode = '23514', constraint = 'ledger_entry_belongs';
  end if;
  insert into donations_ledgeraccount
    (uid, row_version, updated_at, created_at, organization_id, kind, fund_id, purpose_id, side, balance)
  values (gen_random_uuid(), 1, now(), now(), house, 'goods', null, null, 1, 0),
         (gen_random_uuid(), 1, now(), now(), house, 'in_kind', p_fund, p_purpose, -1, 0)
  on conflict do nothing;
  return query select g.id, c.id from donations_ledgeraccount g, donations_ledgeraccount c
    where g.organization_id = house and g.kind = 'goods'
      and c.organization_id = house and c.kind = 'in_kind' and c.fund_id = p_fund and c.purpose_id is not distinct from p_purpose;
end
"""
# As in 0003, and what came in kind: a claim that no request for money can draw on.
LOT_FUNDED = """
begin
  if new.amount is distinct from (
      select sum(a.side * e.amount) from donations_ledgerentry e
        join donations_ledgerjournal j on j.id = e.journal_id join donations_ledgeraccount a on a.id = e.account_id
       where e.lot_id = new.id and j.kind in ('donation', 'interest') and a.kind in ('available', 'in_kind'))
     or new.organization_id <> (select organization_id from donations_donation where id = new.donation_id) then
    raise exception 'lot % is not what was booked', new.id using errcode = '23514', constraint = 'donation_lot_funded';
  end if;
  return null;
end
"""
FROZEN = "BEFORE UPDATE OR DELETE OR TRUNCATE"
DOCUMENT = "departments_document"


class Migration(migrations.Migration):
    dependencies = [("donations", "0012_goods_and_receipts"), ("cases", "0003_triggers")]
    operations = [
        Wall("donations.GoodsSite", "TENANT", grant=KEEP),
        Wall("donations.GoodsIntake", "TENANT", grant=KEEP),
        Wall("donations.GoodsLot", "TENANT", grant=VALUE_ONLY),
        Wall("donations.GoodsStock", "TENANT", grant="SELECT"),
        Wall("donations.Distribution", "TENANT", grant=KEEP),
        Wall("donations.DistributionLine", "TENANT"),
        Wall("donations.StockLoss", "TENANT", grant=KEEP),
        Wall("donations.StockMove", "TENANT", grant=ADD_ONLY),
        Wall("donations.ReceiptSeries", "TENANT", grant=KEEP),
        Wall("donations.Receipt", "TENANT", grant=END_ONLY),
        Wall("donations.ReceiptWaiver", "TENANT"),
        Definer("stock_move_added()", "trigger", MOVE_ADDED),
        Definer("goods_lot_kept()", "trigger", LOT_KEPT),
        Definer("distribution_line_open()", "trigger", LINE_OPEN),
        Definer("receipt_founded()", "trigger", RECEIPT_FOUNDED),
        Definer("donation_lot_funded()", "trigger", LOT_FUNDED),
        Definer(
            "goods_accounts(p_fund bigint, p_purpose bigint)",
            "table (goods_id bigint, claim_id bigint)",
            GOODS_ACCOUNTS,
        ),
        Trigger(
            "donations.StockMove", "stock_move_added", "AFTER INSERT", "app.stock_move_added()"
        ),
        Trigger(
            "donations.StockMove",
            "stock_move_frozen",
            FROZEN,
            "app.refuse_change()",
            statement=True,
        ),
        Trigger(
            "donations.GoodsLot",
            "goods_lot_kept",
            "BEFORE INSERT OR UPDATE OF valuation, valuation_basis",
            "app.goods_lot_kept()",
        ),
        Trigger(
            "donations.DistributionLine",
            "distribution_line_open",
            "BEFORE INSERT OR DELETE OR UPDATE OF distribution_id, lot_id, quantity, is_minor, "
            "signer_kind, signed_at, drawn_id",
            "app.distribution_line_open()",
        ),
        Trigger("donations.Receipt", "receipt_founded", "BEFORE INSERT", "app.receipt_founded()"),
        same_house(
            "donations.GoodsIntake",
            donation_id="donations_donation",
            site_id="donations_goodssite",
            record_id=DOCUMENT,
        ),
        same_house("donations.GoodsLot", donation_id="donations_donation", evidence_id=DOCUMENT),
        same_house("donations.Distribution", site_id="donations_goodssite", sheet_id=DOCUMENT),
        same_house(
            "donations.DistributionLine",
            distribution_id="donations_distribution",
            lot_id="donations_goodslot",
            drawn_id=DOCUMENT,
        ),
        same_house(
            "donations.StockLoss", lot_id="donations_goodslot", site_id="donations_goodssite"
        ),
        same_house(
            "donations.StockMove", site_id="donations_goodssite", to_site_id="donations_goodssite"
        ),
        same_house("donations.ReceiptWaiver", donation_id="donations_donation"),
    ]
