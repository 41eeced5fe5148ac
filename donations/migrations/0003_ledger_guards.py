"""The ledger's triggers: balances follow entries, journals are whole, reversals mirror, nothing is edited."""

from django.db import migrations

from msw_portal.kernel.walls import Definer, Trigger

NEW_ACCOUNT = """
  insert into donations_ledgeraccount
    (uid, row_version, updated_at, created_at, organization_id, kind, fund_id, purpose_id, side, balance)
  values {rows}
  on conflict do nothing;
"""
ROW = "(gen_random_uuid(), 1, now(), now(), {org}, '{kind}', {fund}, {purpose}, {side}, 0)"

FUND_OPENS = (
    "begin"
    + NEW_ACCOUNT.format(
        rows=", ".join(
            ROW.format(org="new.organization_id", kind=kind, fund=fund, purpose="null", side=side)
            for kind, fund, side in (
                ("cash", "null", 1),
                ("available", "new.id", -1),
                ("committed", "new.id", -1),
            )
        )
    )
    + "return null; end"
)
PURPOSE_OPENS = (
    "declare house bigint; begin "
    "select organization_id into strict house from donations_fund where id = new.fund_id; "
    "if house <> new.organization_id then raise exception 'a purpose belongs to its fund''s house' "
    "using errcode = '23514', constraint = 'ledger_entry_belongs'; end if;"
    + NEW_ACCOUNT.format(
        rows=", ".join(
            ROW.format(org="house", kind=kind, fund="new.fund_id", purpose="new.id", side=-1)
            for kind in ("available", "committed")
        )
    )
    + "return null; end"
)

# All legs of a journal come in one statement, so balance holds after every statement, not only at COMMIT,
# and leg_count makes a later balanced addition to an old journal impossible. INSERT ... ON CONFLICT DO
# UPDATE cannot fold a negative delta (the CHECK sees the proposed row first): update, then insert.
ENTRY_ADDED = """
begin
  if exists (select 1 from (select journal_id, count(*) legs, sum(amount) total from added group by 1) n
             join donations_ledgerjournal j on j.id = n.journal_id
             where n.total <> 0 or n.legs <> j.leg_count
                or exists (select 1 from donations_ledgerentry e where e.journal_id = n.journal_id offset j.leg_count)) then
    raise exception 'journal is not balanced or not whole'
      using errcode = '23514', constraint = 'ledger_journal_balances';
  end if;
  if exists (select 1 from added e join donations_ledgerjournal j on j.id = e.journal_id
             join donations_ledgeraccount a on a.id = e.account_id
             left join donations_donationlot l on l.id = e.lot_id
             where e.organization_id <> j.organization_id or e.organization_id <> a.organization_id
                or (e.lot_id is null) <> (a.fund_id is null) or l.organization_id <> e.organization_id) then
    raise exception 'entry crosses organizations or lacks its lot'
      using errcode = '23514', constraint = 'ledger_entry_belongs';
  end if;
  perform 1 from donations_ledgeraccount where id in (select account_id from added) order by id for no key update;
  update donations_ledgeraccount a set balance = a.balance + a.side * d.total
    from (select account_id, sum(amount) total from added group by 1) d where d.account_id = a.id;
  update donations_lotbalance b set balance = b.balance + d.total
    from (select e.lot_id, e.account_id, sum(a.side * e.amount) total
            from added e join donations_ledgeraccount a on a.id = e.account_id
           where e.lot_id is not null group by 1, 2) d
   where b.lot_id = d.lot_id and b.account_id = d.account_id;
  insert into donations_lotbalance (lot_id, account_id, organization_id, received_on, balance)
    select e.lot_id, e.account_id, l.organization_id, l.received_on, sum(a.side * e.amount)
      from added e join donations_ledgeraccount a on a.id = e.account_id join donations_donationlot l on l.id = e.lot_id
     where not exists (select 1 from donations_lotbalance b where b.lot_id = e.lot_id and b.account_id = e.account_id)
     group by 1, 2, 3, 4;
  return null;
end
"""
JOURNAL_WHOLE = """
begin
  if (select count(*) from donations_ledgerentry where journal_id = new.id) <> new.leg_count then
    raise exception 'journal % has not its legs', new.id using errcode = '23514', constraint = 'ledger_journal_whole';
  end if;
  if new.reverses_id is not null and (
      (select organization_id from donations_ledgerjournal where id = new.reverses_id) <> new.organization_id
      or exists (
      (select account_id, lot_id, -amount from donations_ledgerentry where journal_id = new.reverses_id
       except all select account_id, lot_id, amount from donations_ledgerentry where journal_id = new.id)
      union all
      (select account_id, lot_id, amount from donations_ledgerentry where journal_id = new.id
       except all select account_id, lot_id, -amount from donations_ledgerentry where journal_id = new.reverses_id))) then
    raise exception 'a reversal mirrors its journal' using errcode = '23514', constraint = 'ledger_reversal_mirrors';
  end if;
  return null;
end
"""
# Cash leaves only for a released instalment, money is set aside only for an approved request.
JOURNAL_FOUNDED = """
declare d record; total numeric;
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
     or new.organization_id <> (select organization_id from donations_donation where id = new.donation_id) then
    raise exception 'lot % is not what was booked', new.id using errcode = '23514', constraint = 'donation_lot_funded';
  end if;
  return null;
end
"""
FROZEN = "BEFORE UPDATE OR DELETE OR TRUNCATE"


class Migration(migrations.Migration):
    dependencies = [("donations", "0002_walls"), ("departments", "0004_shared_triggers")]
    operations = [
        Definer("fund_opens_accounts()", "trigger", FUND_OPENS),
        Definer("purpose_opens_accounts()", "trigger", PURPOSE_OPENS),
        Definer("ledger_entry_added()", "trigger", ENTRY_ADDED),
        Definer("ledger_journal_whole()", "trigger", JOURNAL_WHOLE),
        Definer("ledger_journal_founded()", "trigger", JOURNAL_FOUNDED),
        Definer("donation_lot_funded()", "trigger", LOT_FUNDED),
        Trigger(
            "donations.Fund", "fund_opens_accounts", "AFTER INSERT", "app.fund_opens_accounts()"
        ),
        Trigger(
            "donations.FundPurpose",
            "purpose_opens_accounts",
            "AFTER INSERT",
            "app.purpose_opens_accounts()",
        ),
        Trigger(
            "donations.LedgerEntry",
            "ledger_entry_added",
            "AFTER INSERT",
            "app.ledger_entry_added()",
            statement=True,
            referencing="NEW TABLE AS added",
        ),
        Trigger(
            "donations.LedgerEntry",
            "ledger_entry_frozen",
            FROZEN,
            "app.refuse_change()",
            statement=True,
        ),
        Trigger(
            "donations.LedgerJournal",
            "ledger_journal_frozen",
            FROZEN,
            "app.refuse_change()",
            statement=True,
        ),
        Trigger(
            "donations.DonationLot",
            "donation_lot_frozen",
            FROZEN,
            "app.refuse_change()",
            statement=True,
        ),
        Trigger(
            "donations.LedgerJournal",
            "ledger_journal_whole",
            "AFTER INSERT",
            "app.ledger_journal_whole()",
            constraint=True,
        ),
        Trigger(
            "donations.LedgerJournal",
            "ledger_journal_founded",
            "AFTER INSERT",
            "app.ledger_journal_founded()",
            constraint=True,
        ),
        Trigger(
            "donations.DonationLot",
            "donation_lot_funded",
            "AFTER INSERT",
            "app.donation_lot_funded()",
            constraint=True,
        ),
    ]
