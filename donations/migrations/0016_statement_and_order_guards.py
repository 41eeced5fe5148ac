"""Guards of statement lines and of orders: what was brought stays, what was approved is what is booked."""

from django.db import migrations

from msw_portal.kernel.walls import Definer, Trigger, Wall

KEEP = "SELECT, INSERT, UPDATE"
LINE_KEPT = """
begin
  if to_jsonb(new) -> 'amount' <> to_jsonb(old) -> 'amount'
     or (new.source, new.account, new.external_no, new."on") is distinct from (old.source, old.account, old.external_no, old."on")
     or new.parent_id is distinct from old.parent_id or new.origin is distinct from old.origin
     or (old.state in ('confirmed', 'undone') and new.state <> old.state)
     or (old.state = 'confirmed' and (new.donation_id, new.matched_by_id, new.confirmed_by_id)
           is distinct from (old.donation_id, old.matched_by_id, old.confirmed_by_id)) then
    raise exception 'a line of a statement stays as it was brought'
      using errcode = '23514', constraint = 'statement_line_kept';
  end if;
  return new;
end
"""
# The parts of a split are the line, to the fen; a gift is never matched by more than it is.
LINE_WHOLE = """
declare total numeric; whole numeric; mother record; now_is text;
begin
  -- It speaks at COMMIT: what counts is how the line stands then, not as it stood between two steps.
  select state into now_is from donations_statementline where id = new.id;
  select * into mother from donations_statementline where id = coalesce(new.parent_id, new.id);
  if mother.state = 'split' then
    select sum(amount) into total from donations_statementline
     where parent_id = mother.id and state <> 'undone' and organization_id = mother.organization_id;
    if total is distinct from mother.amount then
      raise exception 'the parts are not the line' using errcode = '23514', constraint = 'statement_line_split_is_whole';
    end if;
  elsif new.parent_id is not null and now_is <> 'undone' then
    raise exception 'a part needs its split' using errcode = '23514', constraint = 'statement_line_split_is_whole';
  end if;
  if new.donation_id is not null then
    select sum(amount) into total from donations_statementline where donation_id = new.donation_id;
    select greatest(amount, pledged) into whole from donations_donation
     where id = new.donation_id and organization_id = new.organization_id;
    if whole is null or total > whole then
      raise exception 'more is matched than was given' using errcode = '23514', constraint = 'statement_line_within_gift';
    end if;
  end if;
  return null;
end
"""
ORDER_KEPT = """
begin
  if coalesce(current_setting('app.rekey', true), '') = '1' then return new; end if;
  if (old.state in ('booked', 'refused') and (to_jsonb(new) - array['disclosed_on', 'disclosed_at', 'row_version', 'updated_at'])
        <> (to_jsonb(old) - array['disclosed_on', 'disclosed_at', 'row_version', 'updated_at']))
     or (new.organization_id, new.kind, new.fund_id, new.purpose_id, new.to_fund_id, new.to_purpose_id, new.donation_id,
         new.payee_id, new.payee_fund, new.payee_purpose, new.reverses_id, new.amount, new."on", new.asked_by_id, new.needs_second)
        is distinct from
        (old.organization_id, old.kind, old.fund_id, old.purpose_id, old.to_fund_id, old.to_purpose_id, old.donation_id,
         old.payee_id, old.payee_fund, old.payee_purpose, old.reverses_id, old.amount, old."on", old.asked_by_id, old.needs_second)
     or (old.approved_by_id is not null and (new.approved_by_id, new.approved_at) is distinct from (old.approved_by_id, old.approved_at))
     or (old.second_by_id is not null and (new.second_by_id, new.second_at) is distinct from (old.second_by_id, old.second_at)) then
    raise exception 'an order stays as it was asked' using errcode = '23514', constraint = 'ledger_order_kept';
  end if;
  return new;
end
"""
# Cash leaves only for a released instalment, money is set aside only for an approved request, and what
# moves without either needs an order that three persons carried: asked, approved, booked.
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
LOT_FUNDED = """
begin
  if new.amount is distinct from (
      select sum(a.side * e.amount) from donations_ledgerentry e
        join donations_ledgerjournal j on j.id = e.journal_id join donations_ledgeraccount a on a.id = e.account_id
       where e.lot_id = new.id and j.kind in ('donation', 'interest') and a.kind = 'available')
     or new.organization_id is distinct from coalesce(
          (select organization_id from donations_donation where id = new.donation_id),
          (select organization_id from donations_ledgerorder where id = new.order_id and kind = 'interest')) then
    raise exception 'lot % is not what was booked', new.id using errcode = '23514', constraint = 'donation_lot_funded';
  end if;
  return null;
end
"""


class Migration(migrations.Migration):
    dependencies = [("donations", "0015_statements_and_orders")]
    operations = [
        Wall("donations.StatementLine", "TENANT", grant=KEEP),
        Wall("donations.LedgerOrder", "TENANT", grant=KEEP),
        Definer("statement_line_kept()", "trigger", LINE_KEPT),
        Definer("statement_line_whole()", "trigger", LINE_WHOLE),
        Definer("ledger_order_kept()", "trigger", ORDER_KEPT),
        Definer("ledger_journal_founded()", "trigger", JOURNAL_FOUNDED),
        Definer("donation_lot_funded()", "trigger", LOT_FUNDED),
        Trigger(
            "donations.StatementLine",
            "statement_line_kept",
            "BEFORE UPDATE",
            "app.statement_line_kept()",
        ),
        Trigger(
            "donations.StatementLine",
            "statement_line_whole",
            "AFTER INSERT OR UPDATE",
            "app.statement_line_whole()",
            constraint=True,
        ),
        Trigger(
            "donations.LedgerOrder",
            "ledger_order_kept",
            "BEFORE UPDATE",
            "app.ledger_order_kept()",
        ),
    ]
