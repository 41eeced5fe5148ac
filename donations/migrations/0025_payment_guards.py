"""What a list orders is what was released and stays so; who had a hand in a payment does not check it; shares cross."""

from django.db import migrations

from msw_portal.kernel.walls import Definer, Trigger

REFUSE = "raise exception '{text}' using errcode = '23514', constraint = '{name}'"
FIXED = REFUSE.format(text="the list is fixed", name="payment_line_fixed")
# app.org() is empty only for the owner's loads. Sealed columns are left to their keys: a rotation writes them anew.
LINE = f"""
begin
  if app.org() is null then return new; end if;
  if tg_op = 'INSERT' then
    if not exists (select 1 from donations_disbursement d where d.id = new.disbursement_id and d.state = 'released'
                      and d.counterparty_id = new.organization_id and d.amount = new.amount)
       or not exists (select 1 from donations_paymentlist l where l.id = new.list_id and l.state = 'draft'
                         and l.organization_id = new.organization_id and l.made_by_id = new.made_by_id) then {FIXED}; end if;
    return new;
  end if;
  if (new.list_id, new.place, new.disbursement_id, new.amount, new.bank_code,
      new.purpose, new.reference, new.made_by_id) is distinct from
     (old.list_id, old.place, old.disbursement_id, old.amount, old.bank_code,
      old.purpose, old.reference, old.made_by_id) then {FIXED}; end if;
  return new;
end
"""
LIST = f"""
begin
  if app.org() is null then return new; end if;
  if (new.number, new."on", new.account, new.layout_id, new.total, new.count, new.made_by_id) is distinct from
     (old.number, old."on", old.account, old.layout_id, old.total, old.count, old.made_by_id)
     or (old.approved_by_id is not null and (new.approved_by_id, new.approved_at) is distinct from
         (old.approved_by_id, old.approved_at)) then {FIXED}; end if;
  return new;
end
"""
# An answer says what the bank said; only what became of it is added.
ANSWER = f"""
begin
  if app.org() is null then return new; end if;
  if (new.reference, new.amount, new.outcome, new.bank_no, new."on", new.same_hash) is distinct from
     (old.reference, old.amount, old.outcome, old.bank_no, old."on", old.same_hash)
     or (old.state = 'booked' and new.line_id is distinct from old.line_id) then {FIXED}; end if;
  return new;
end
"""
APART = REFUSE.format(
    text="who had a hand in the payment does not check it", name="verification_by_another"
)
CHECK = f"""
begin
  if new.checked_by_id is null then return new; end if;
  if exists (select 1 from donations_disbursement d where d.id = new.disbursement_id
                and new.checked_by_id in (d.prepared_by_id, d.released_by_id))
     or exists (select 1 from donations_fundingduty u join donations_disbursement d on d.request_id = u.request_id
                 where d.id = new.disbursement_id and u.user_id = new.checked_by_id)
     or exists (select 1 from donations_paymentline p join donations_paymentlist l on l.id = p.list_id
                 where p.disbursement_id = new.disbursement_id and new.checked_by_id in (l.made_by_id, l.approved_by_id))
     then {APART}; end if;
  return new;
end
"""
# Asked by the deciding house alone, of its own running request, and only while both families' consents to
# comparing stand. It answers with shares rounded to five hundredths and with bands, never with a sum,
# a house, a programme or a person.
OVERLAP = """
  with mine as (
    select r.id, r.counterparty_id, r.cost_total, m.match_hash
      from donations_fundingrequest r join donations_aidmatch m on m.request_id = r.id
      join cases_consent c on c.id = m.consent_id
     where r.id = p_request and r.counterparty_id = app.org() and r.cost_total > 0
       and r.state not in ('draft', 'rejected', 'rejected_ineligible', 'withdrawn', 'objection_upheld', 'recovered', 'closed')
       and 'aid_match' = any (c.items) and c.withdrawn_at is null and c.superseded_at is null and c.lapsed_at is null
       and (c.valid_to is null or c.valid_to >= (now() at time zone 'Asia/Shanghai')::date)
  ), others as (
    select mine.id, mine.cost_total, o.counterparty_id,
           case when o.state in ('approved', 'agreement', 'disbursing', 'disbursed', 'reconciled', 'revisited', 'closed', 'deceased')
                then o.committed else 0 end granted,
           case when o.state in ('submitted', 'document_check', 'supplement_required', 'msw_assessment', 'hospital_opinion',
                                 'first_review', 'second_review', 'committee', 'proposed', 'public_notice', 'notice_elapsed')
                then o.requested else 0 end waiting
      from mine join donations_aidmatch m on m.match_hash = mine.match_hash
      join donations_fundingrequest o on o.id = m.request_id and o.counterparty_id <> mine.counterparty_id
      join cases_consent c on c.id = m.consent_id
     where 'aid_match' = any (c.items) and c.withdrawn_at is null and c.superseded_at is null and c.lapsed_at is null
       and (c.valid_to is null or c.valid_to >= (now() at time zone 'Asia/Shanghai')::date)
  )
  select mine.id, coalesce(count(distinct o.counterparty_id) filter (where o.granted + o.waiting > 0), 0)::int,
         round(coalesce(sum(o.granted), 0) / mine.cost_total * 20) / 20,
         round(coalesce(sum(o.waiting), 0) / mine.cost_total * 20) / 20,
         width_bucket(coalesce(sum(o.granted), 0), array[0.01, 10000.01, 30000.01, 50000.01, 100000.01]::numeric[]),
         width_bucket(coalesce(sum(o.waiting), 0), array[0.01, 10000.01, 30000.01, 50000.01, 100000.01]::numeric[])
    from mine left join others o on o.id = mine.id
   group by mine.id, mine.cost_total
"""


class Migration(migrations.Migration):
    dependencies = [("donations", "0024_payments_and_checks")]
    operations = [
        Definer("payment_line_fixed()", "trigger", LINE),
        Definer("payment_list_fixed()", "trigger", LIST),
        Definer("payment_answer_fixed()", "trigger", ANSWER),
        Definer("verification_by_another()", "trigger", CHECK),
        Trigger(
            "donations.PaymentLine",
            "fixed",
            "BEFORE INSERT OR UPDATE",
            "app.payment_line_fixed()",
        ),
        Trigger("donations.PaymentList", "fixed", "BEFORE UPDATE", "app.payment_list_fixed()"),
        Trigger("donations.PaymentAnswer", "fixed", "BEFORE UPDATE", "app.payment_answer_fixed()"),
        Trigger(
            "donations.VerificationDraw",
            "frozen",
            "BEFORE UPDATE OR DELETE OR TRUNCATE",
            "app.refuse_change()",
            statement=True,
        ),
        Trigger(
            "donations.Verification",
            "by_another",
            "BEFORE INSERT OR UPDATE OF checked_by_id",
            "app.verification_by_another()",
        ),
        Definer(
            "aid_overlap(p_request bigint)",
            "table (request_id bigint, others int, granted numeric, waiting numeric, granted_band int, waiting_band int)",
            OVERLAP,
            language="sql",
            volatility="STABLE",
        ),
    ]
