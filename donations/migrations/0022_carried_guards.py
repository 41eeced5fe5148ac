"""What was used of a gift before the portal leaves the books once; what comes back of a sheet is no more than went out."""

from importlib import import_module

from django.db import migrations

from msw_portal.kernel.walls import Definer, Trigger, Wall

same_house = import_module("cases.migrations.0003_triggers").same_house

# As in 0013, and goods that come back of a signed sheet to the site they left: never more than went out on it.
MOVE_ADDED = """
declare l record; plus bigint; minus bigint;
begin
  select organization_id, quantity, expires_on into strict l from donations_goodslot where id = new.lot_id for no key update;
  if l.organization_id <> new.organization_id
     or (new.kind = 'in' and new.quantity <> l.quantity)
     or (new.kind = 'loss' and not exists (select 1 from donations_stockloss s where s.id = new.loss_id
           and s.lot_id = new.lot_id and s.site_id = new.site_id and s.quantity = new.quantity and s.state = 'confirmed'))
     or (new.kind = 'out' and not exists (select 1 from donations_distribution d where d.id = new.distribution_id
           and d.site_id = new.site_id and d.state = 'signed'))
     or (new.kind = 'return' and new.quantity > (select coalesce(sum(case m.kind when 'out' then m.quantity else -m.quantity end), 0)
           from donations_stockmove m where m.lot_id = new.lot_id and m.distribution_id = new.distribution_id and m.id <> new.id
            and m.kind in ('out', 'return'))) then
    raise exception 'movement has no ground' using errcode = '23514', constraint = 'stock_move_founded';
  end if;
  if new.kind = 'out' and l.expires_on < (new.at at time zone 'Asia/Shanghai')::date then
    raise exception 'lot is expired' using errcode = '23514', constraint = 'stock_move_not_expired';
  end if;
  plus := case when new.kind in ('in', 'return') then new.site_id when new.kind = 'transfer' then new.to_site_id end;
  minus := case when new.kind not in ('in', 'return') then new.site_id end;
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
    update donations_goodslot set on_hand = on_hand + case when new.kind in ('in', 'return') then new.quantity else - new.quantity end
     where id = new.lot_id;
  end if;
  return null;
end
"""
# As in 0016, and `carried`: as much as the gift says had been used before, once (its reference is the gift's).
JOURNAL_FOUNDED = """
declare d record; total numeric; kept text;
begin
  if new.kind = 'commit' then
    if not exists (select 1 from donations_fundingact a where a.request_id = new.request_id and a.step = 'approve'
                     and a.counterparty_id = new.organization_id) then
      raise exception 'a commitment needs an approval' using errcode = '23514', constraint = 'ledger_journal_founded';
    end if;
  elsif new.kind = 'disburse' then
    select x.* into d from donations_disbursement x where x.id = new.disbursement_id;
    select -sum(e.amount) into total from donations_ledgerentry e join donations_ledgeraccount a on a.id = e.account_id
     where e.journal_id = new.id and a.kind = 'cash';
    if d.id is null or d.counterparty_id <> new.organization_id or d.request_id is distinct from new.request_id
       or d.released_by_id is null or d.amount is distinct from total
       or not exists (select 1 from donations_fundingact r where r.request_id = d.request_id and r.step = 'release'
                        and r.user_id = d.released_by_id)
       or not exists (select 1 from donations_fundingact p where p.request_id = d.request_id and p.step = 'prepare'
                        and p.user_id = d.prepared_by_id and p.user_id <> d.released_by_id) then
      raise exception 'cash leaves for a released disbursement only'
        using errcode = '23514', constraint = 'ledger_journal_founded';
    end if;
  elsif new.kind = 'carried' then
    select sum(e.amount) into total from donations_ledgerentry e join donations_ledgeraccount a on a.id = e.account_id
     where e.journal_id = new.id and a.kind = 'available' and e.amount > 0;
    if not exists (select 1 from donations_donation g where g.id = new.donation_id and g.organization_id = new.organization_id
                     and g.state in ('received', 'booked') and g.used_before = total)
       or new.reference <> 'carried:' || (select uid from donations_donation where id = new.donation_id) then
      raise exception 'what was used before is what the gift says' using errcode = '23514', constraint = 'ledger_journal_founded';
    end if;
  else
    kept := new.kind;
    if kept = 'reversal' then
      select kind into kept from donations_ledgerjournal where id = new.reverses_id;
    end if;
    if kept in ('purpose_change', 'fund_transfer', 'interest', 'fee') then
      select sum(amount) into total from donations_ledgerentry where journal_id = new.id and amount > 0;
      if not exists (select 1 from donations_ledgerorder o
                      where o.journal_id = new.id and o.organization_id = new.organization_id and o.state = 'booked'
                        and o.amount = total and o.reverses_id is not distinct from new.reverses_id
                        and case new.kind when 'purpose_change' then o.kind in ('purpose_change', 'leftover')
                                          when 'fund_transfer' then o.kind in ('fund_transfer', 'grant')
                                          else o.kind = new.kind end) then
        raise exception 'this journal needs an order' using errcode = '23514', constraint = 'ledger_journal_ordered';
      end if;
    end if;
  end if;
  return null;
end
"""
# A gift that is confirmed keeps what it says of before.
USED_KEPT = """
begin
  if new.used_before is distinct from old.used_before and old.confirmed_by_id is not null then
    raise exception 'what was used before is booked' using errcode = '23514', constraint = 'ledger_journal_founded';
  end if;
  return new;
end
"""


class Migration(migrations.Migration):
    dependencies = [("donations", "0021_carried_gifts")]
    operations = [
        Wall("donations.HospitalGiftItem", "TENANT", grant="SELECT, INSERT"),
        Definer("stock_move_added()", "trigger", MOVE_ADDED),
        Definer("ledger_journal_founded()", "trigger", JOURNAL_FOUNDED),
        Definer("donation_used_kept()", "trigger", USED_KEPT),
        Trigger(
            "donations.Donation",
            "donation_used_kept",
            "BEFORE UPDATE OF used_before",
            "app.donation_used_kept()",
        ),
        same_house("donations.HospitalGiftItem", gift_id="donations_hospitalgift"),
    ]
