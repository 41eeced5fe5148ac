"""Who may write which column of a shared request, and what the acts on it are bound to."""

from django.db import migrations

from msw_portal.kernel.walls import Definer, Trigger

REFUSE = "raise exception '{text}' using errcode = '23514', constraint = '{name}'"
SIDES = REFUSE.format(text="this column is the other house''s", name="funding_request_sides")

# app.org() is empty only for the owner's loads: msw_app without a house sees no row at all.
REQUEST_SIDES = f"""
declare house bigint := app.org();
begin
  if house is null then return new; end if;
  if tg_op = 'INSERT' then
    if new.state <> 'draft' or new.counterparty_id is not null or new.committed <> 0 or new.disbursed <> 0 or new.refunded <> 0
       or coalesce(new.proposed, new.approved) is not null or new.fund_id is not null then {SIDES}; end if;
    return new;
  end if;
  if new.counterparty_id is distinct from old.counterparty_id and new.counterparty_id is distinct from
     (select organization_id from donations_programmeversion where id = new.programme_version_id) then {SIDES}; end if;
  if house is distinct from old.counterparty_id then
    if (new.proposed, new.approved, new.committed, new.disbursed, new.refunded, new.fund_id)
       is distinct from (old.proposed, old.approved, old.committed, old.disbursed, old.refunded, old.fund_id) then {SIDES}; end if;
    if new.state <> old.state and new.state not in ('withdrawn', 'deceased') and (old.state, new.state) not in
       (('draft', 'submitted'), ('supplement_required', 'document_check'), ('msw_assessment', 'hospital_opinion'),
        ('hospital_opinion', 'first_review'), ('reconciled', 'revisited'), ('revisited', 'closed')) then {SIDES}; end if;
  end if;
  if house <> old.organization_id then
    if (new.requested, new.form, new.cost_total, new.gap, new.case_id, new.programme_version_id, new.subject_code, new.payee,
        new.number, new.submitted_at, new.consent_id, new.review_disclosure_id, new.identity_disclosure_id, new.on_hold_at)
       is distinct from
       (old.requested, old.form, old.cost_total, old.gap, old.case_id, old.programme_version_id, old.subject_code, old.payee,
        old.number, old.submitted_at, old.consent_id, old.review_disclosure_id, old.identity_disclosure_id, old.on_hold_at)
       then {SIDES}; end if;
    if new.state <> old.state and new.state in ('submitted', 'withdrawn') then {SIDES}; end if;
  end if;
  return new;
end
"""
FOLLOWS = REFUSE.format(
    text="the request says other sums than its journals", name="funding_request_follows_ledger"
)
REQUEST_FOLLOWS = f"""
declare r record; s record;
begin
  select committed, disbursed, refunded, approved, counterparty_id into r from donations_fundingrequest where id = new.id;
  if not found then return null; end if;
  select coalesce(sum(-e.amount) filter (where a.kind = 'committed' and
           (j.kind in ('commit', 'release') or b.kind in ('commit', 'release'))), 0) committed,
         coalesce(sum(-e.amount) filter (where a.kind = 'cash' and (j.kind = 'disburse' or b.kind = 'disburse')), 0) disbursed,
         coalesce(sum(e.amount) filter (where a.kind = 'cash' and j.kind = 'refund'), 0) refunded
    into s
    from donations_ledgerjournal j join donations_ledgerentry e on e.journal_id = j.id
    join donations_ledgeraccount a on a.id = e.account_id
    left join donations_ledgerjournal b on b.id = j.reverses_id
   where j.request_id = new.id and j.organization_id = r.counterparty_id;
  if (r.committed, r.disbursed, r.refunded) is distinct from (s.committed, s.disbursed, s.refunded) then {FOLLOWS}; end if;
  if r.approved is not null and not exists (
      select 1 from donations_fundingact where request_id = new.id and step = 'approve' and amount = r.approved) then {FOLLOWS}; end if;
  return null;
end
"""
CONFIRMED = REFUSE.format(text="not this client''s act", name="funding_act_is_confirmed")
# The limit an API client had at the moment of its act is copied from its row: nobody can write it.
ACT_WITHIN_LIMIT = f"""
begin
  new.client_limit := null;
  if new.client_id is not null then
    select approve_limit into new.client_limit from departments_apiclient
     where id = new.client_id and user_id = new.user_id and ended_at is null;
    if not found then {CONFIRMED}; end if;
  elsif exists (select 1 from departments_user where id = new.user_id and is_service) then {CONFIRMED}; end if;
  return new;
end
"""
PAYOUT = REFUSE.format(text="this column is the other house''s", name="disbursement_sides")
DISBURSEMENT_SIDES = f"""
declare house bigint := app.org();
begin
  if house is null then return new; end if;
  if tg_op = 'INSERT' then
    if house is distinct from new.counterparty_id or new.state <> 'prepared' then {PAYOUT}; end if;
    return new;
  end if;
  if (new.request_id, new.instalment, new.amount, new.mode, new.payee_account, new.prepared_by_id) is distinct from
     (old.request_id, old.instalment, old.amount, old.mode, old.payee_account, old.prepared_by_id) then {PAYOUT}; end if;
  if house is distinct from old.counterparty_id and
     ((new.released_by_id, new.released_at, new.voucher_no) is distinct from (old.released_by_id, old.released_at, old.voucher_no)
      or (new.state <> old.state and new.state <> 'confirmed')) then {PAYOUT}; end if;
  if house <> old.organization_id and new.state <> old.state and new.state = 'confirmed' then {PAYOUT}; end if;
  return new;
end
"""
# A published version is a promise; only its end may still be set, so that a newer one can follow.
VERSION_FROZEN = """
begin
  if old.published_at is null then
    if tg_op = 'DELETE' then return old; end if;
    return new;
  end if;
  if tg_op = 'DELETE' or lower(new.valid) is distinct from lower(old.valid)
     or to_jsonb(new) - 'valid' - 'row_version' - 'updated_at' is distinct from
        to_jsonb(old) - 'valid' - 'row_version' - 'updated_at' then
    raise exception '% is frozen', tg_table_name using errcode = '23514', constraint = 'row_is_frozen';
  end if;
  return new;
end
"""
HAS_DUTY = """
ALTER TABLE donations_fundingact ADD CONSTRAINT funding_act_has_duty
  FOREIGN KEY (request_id, user_id, duty) REFERENCES donations_fundingduty (request_id, user_id, duty);
"""
KEEP = ("keep_parties", "BEFORE UPDATE", "app.keep_parties()")
TAKE = (
    "take_parties",
    "BEFORE INSERT OR UPDATE",
    "app.take_parties('donations_fundingrequest', 'request_id')",
)
CHILDREN = "'donations_costline', 'request_id', 'donations_requestdocument', 'request_id'"


class Migration(migrations.Migration):
    dependencies = [("donations", "0003_ledger_guards")]
    operations = [
        migrations.RunSQL(
            HAS_DUTY, "ALTER TABLE donations_fundingact DROP CONSTRAINT funding_act_has_duty"
        ),
        Definer("funding_request_sides()", "trigger", REQUEST_SIDES),
        Definer("funding_request_follows_ledger()", "trigger", REQUEST_FOLLOWS),
        Definer("act_within_limit()", "trigger", ACT_WITHIN_LIMIT),
        Definer("disbursement_sides()", "trigger", DISBURSEMENT_SIDES),
        Definer("programme_version_frozen()", "trigger", VERSION_FROZEN),
        Trigger("donations.FundingRequest", *KEEP),
        Trigger(
            "donations.FundingRequest",
            "sides",
            "BEFORE INSERT OR UPDATE",
            "app.funding_request_sides()",
        ),
        Trigger(
            "donations.FundingRequest",
            "spread_parties",
            "AFTER UPDATE OF counterparty_id",
            f"app.spread_parties({CHILDREN})",
        ),
        Trigger(
            "donations.FundingRequest",
            "funding_request_follows_ledger",
            "AFTER UPDATE OF approved, committed, disbursed, refunded",
            "app.funding_request_follows_ledger()",
            constraint=True,
        ),
        *[
            Trigger(f"donations.{model}", *KEEP)
            for model in ("CostLine", "RequestDocument", "Disbursement")
        ],
        *[
            Trigger(f"donations.{model}", *TAKE)
            for model in (
                "CostLine",
                "RequestDocument",
                "FundingDuty",
                "FundingAct",
                "Disbursement",
            )
        ],
        Trigger(
            "donations.FundingAct", "act_within_limit", "BEFORE INSERT", "app.act_within_limit()"
        ),
        Trigger(
            "donations.FundingAct",
            "funding_act_frozen",
            "BEFORE UPDATE OR DELETE OR TRUNCATE",
            "app.refuse_change()",
            statement=True,
        ),
        # After take_parties in the alphabet, so that it sees the true parties.
        Trigger(
            "donations.Disbursement",
            "within_sides",
            "BEFORE INSERT OR UPDATE",
            "app.disbursement_sides()",
        ),
        Trigger(
            "donations.ProgrammeVersion",
            "programme_version_frozen",
            "BEFORE UPDATE OR DELETE",
            "app.programme_version_frozen()",
        ),
    ]
