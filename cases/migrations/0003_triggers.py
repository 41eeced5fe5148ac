"""What must hold whoever writes: one house, one compartment, frozen records, a guardian for a child."""

from django.db import migrations

from msw_portal.kernel.walls import Definer, Trigger

PLAIN = """
-- A person stands for itself until merged into another record.
CREATE FUNCTION app.root_is_self() RETURNS trigger LANGUAGE plpgsql AS $$
begin
  if new.root_id is null then new.root_id := new.id; end if;
  return new;
end $$;

-- Whether anything but the named columns differs; compartment, version and time are never content.
CREATE FUNCTION app.content_differs(p_old jsonb, p_new jsonb, p_allowed text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  select p_new - (array['compartment_id', 'row_version', 'updated_at'] || p_allowed)
         is distinct from p_old - (array['compartment_id', 'row_version', 'updated_at'] || p_allowed) $$;

CREATE FUNCTION app.refuse_frozen(p_table text) RETURNS void LANGUAGE plpgsql AS $$
begin
  raise exception '% is frozen', p_table using errcode = '23514', constraint = 'row_is_frozen';
end $$;

-- app.freeze_content('<column>', '<still open column>', ...): once the column is true or set, only the
-- named columns may change. Re-keying (app.rekey = 1) rewrites ciphertext and is no change of content.
CREATE FUNCTION app.freeze_content() RETURNS trigger LANGUAGE plpgsql AS $$
declare v text := to_jsonb(old) ->> tg_argv[0];
begin
  if v is not null and v <> 'false' and coalesce(current_setting('app.rekey', true), '') <> '1' then
    if tg_op = 'DELETE' or app.content_differs(to_jsonb(old), to_jsonb(new), tg_argv[1:]) then
      perform app.refuse_frozen(tg_table_name);
    end if;
  end if;
  if tg_op = 'DELETE' then return old; end if;
  return new;
end $$;

-- A contact is open until locked_at, and that hour never moves later; then only a countersignature is added.
CREATE FUNCTION app.freeze_contact() RETURNS trigger LANGUAGE plpgsql AS $$
begin
  if coalesce(current_setting('app.rekey', true), '') <> '1' then
    if tg_op = 'UPDATE' and new.locked_at > old.locked_at then perform app.refuse_frozen(tg_table_name); end if;
    if old.locked_at < now() and (tg_op = 'DELETE'
       or app.content_differs(to_jsonb(old), to_jsonb(new), array['countersigned_by_id'])) then
      perform app.refuse_frozen(tg_table_name);
    end if;
  end if;
  if tg_op = 'DELETE' then return old; end if;
  return new;
end $$;

CREATE FUNCTION app.freeze_plan() RETURNS trigger LANGUAGE plpgsql AS $$
begin
  if old.state in ('approved', 'replaced') and coalesce(current_setting('app.rekey', true), '') <> '1'
     and (tg_op = 'DELETE' or app.content_differs(to_jsonb(old), to_jsonb(new), array['state'])
          or (new.state <> old.state and new.state <> 'replaced')) then
    perform app.refuse_frozen(tg_table_name);
  end if;
  if tg_op = 'DELETE' then return old; end if;
  return new;
end $$;

-- A copy that left the house: counted, emptied once, never rewritten.
CREATE FUNCTION app.freeze_disclosure() RETURNS trigger LANGUAGE plpgsql AS $$
begin
  if coalesce(current_setting('app.rekey', true), '') = '1' and tg_op = 'UPDATE' then return new; end if;
  if tg_op = 'DELETE'
     or app.content_differs(to_jsonb(old), to_jsonb(new), array['read_count', 'withdrawn_at', 'payload', 'expires_at'])
     or (old.withdrawn_at is not null and new.withdrawn_at is distinct from old.withdrawn_at)
     or (new.payload is not null and new.payload is distinct from old.payload)
     or (old.expires_at is not null and (new.expires_at is null or new.expires_at > old.expires_at)) then
    perform app.refuse_frozen(tg_table_name);
  end if;
  return new;
end $$;

-- What was signed stays as signed; a withdrawal is final.
CREATE FUNCTION app.freeze_consent() RETURNS trigger LANGUAGE plpgsql AS $$
begin
  if coalesce(current_setting('app.rekey', true), '') = '1' and tg_op = 'UPDATE' then return new; end if;
  if tg_op = 'DELETE'
     or app.content_differs(to_jsonb(old), to_jsonb(new), array['withdrawn_at', 'withdrawn_by', 'superseded_at',
                            'superseded_by_id', 'notice_given_at', 'evidence_id'])
     or (old.withdrawn_at is not null and new.withdrawn_at is distinct from old.withdrawn_at)
     or (old.superseded_at is not null and new.superseded_at is distinct from old.superseded_at) then
    perform app.refuse_frozen(tg_table_name);
  end if;
  return new;
end $$;
"""
UNDO = """
DROP FUNCTION app.freeze_consent(); DROP FUNCTION app.freeze_disclosure(); DROP FUNCTION app.freeze_plan();
DROP FUNCTION app.freeze_contact(); DROP FUNCTION app.freeze_content(); DROP FUNCTION app.refuse_frozen(text);
DROP FUNCTION app.content_differs(jsonb, jsonb, text[]); DROP FUNCTION app.root_is_self();
"""

# app.same_house('<column>', '<table>', ...): a pointer to a row of another house is refused like one to nothing.
SAME_HOUSE = """
declare n integer := 0; target bigint; found_one boolean;
begin
  while n < tg_nargs loop
    target := (to_jsonb(new) ->> tg_argv[n])::bigint;
    if target is not null then
      execute format('select exists (select 1 from %I t where t.id = $1 and t.organization_id = $2)', tg_argv[n + 1])
         into found_one using target, new.organization_id;
      if not found_one then
        raise exception 'no such %', tg_argv[n] using errcode = '23514', constraint = 'row_of_the_same_house';
      end if;
    end if;
    n := n + 2;
  end loop;
  return new;
end
"""
CASE_OF_PLAN = """
declare s text;
begin
  if tg_op = 'DELETE' then
    select state into s from cases_plan where id = old.plan_id;
    if s in ('approved', 'replaced') then perform app.refuse_frozen(tg_table_name); end if;
    return old;
  end if;
  select case_id, state into strict new.case_id, s from cases_plan where id = new.plan_id;
  if s in ('approved', 'replaced') and coalesce(current_setting('app.rekey', true), '') <> '1' and (tg_op = 'INSERT'
     or app.content_differs(to_jsonb(old), to_jsonb(new), array['gas', 'rated_at'])) then
    perform app.refuse_frozen(tg_table_name);
  end if;
  return new;
end
"""
CASE_OF_GOAL = """
declare s text; g bigint;
begin
  select p.state into s from cases_goal g join cases_plan p on p.id = g.plan_id
   where g.id = case when tg_op = 'DELETE' then old.goal_id else new.goal_id end;
  if s in ('approved', 'replaced') and (tg_op <> 'UPDATE'
     or app.content_differs(to_jsonb(old), to_jsonb(new), array[]::text[])) then
    perform app.refuse_frozen(tg_table_name);
  end if;
  if tg_op = 'DELETE' then return old; end if;
  select case_id into strict new.case_id from cases_goal where id = new.goal_id;
  select case_id into g from cases_need where id = new.need_id;
  if g is distinct from new.case_id then
    raise exception 'the need belongs to another case' using errcode = '23514', constraint = 'goal_need_of_one_case';
  end if;
  return new;
end
"""
REFERRAL_COMPARTMENT = """
begin
  select c.compartment_id into new.compartment_id from cases_case c
   where c.id = new.case_id or c.referral_id = new.id order by c.compartment_id nulls last limit 1;
  if not found then new.compartment_id := null; end if;
  return new;
end
"""
PARTS = {
    "casemember": "cases_casemember",
    "caseform": "cases_caseform",
    "riskalert": "cases_riskalert",
    "need": "cases_need",
    "plan": "cases_plan",
    "goal": "cases_goal",
    "goalneed": "cases_goalneed",
    "contact": "cases_contact",
    "assessment": "cases_assessment",
    "consent": "cases_consent",
}
_SUBJECTS = " union all ".join(
    [
        "select 'case', new.id",
        *(
            f"select '{kind}', t.id from {table} t where t.case_id = new.id"
            for kind, table in PARTS.items()
        ),
    ]
)
SPREAD = (
    "begin "
    + " ".join(
        f"update {table} set compartment_id = new.compartment_id where case_id = new.id;"
        for table in PARTS.values()
    )
    + " update cases_referral set compartment_id = new.compartment_id where id = new.referral_id or case_id = new.id; "
    + " ".join(
        f"update {table} t set compartment_id = new.compartment_id from ({_SUBJECTS}) s(kind, id) "
        "where t.organization_id = new.organization_id and t.subject_kind = s.kind and t.subject_id = s.id;"
        for table in (
            "departments_task",
            "departments_document",
            "departments_message",
            "departments_transition",
        )
    )
    + " return null; end"
)
GUARDIAN = """
declare born smallint; below smallint; root bigint;
begin
  select c.birth_year, c.root_id into born, root from cases_client c where c.id = new.client_id;
  select t.needs_guardian_below into below from cases_consenttemplate t where t.id = new.template_id;
  -- The year alone proves who is surely too young; the service, which reads the date, decides the rest.
  if new.legal_basis = 'consent' and below is not null and born is not null
     and extract(year from new.signed_at at time zone 'Asia/Shanghai') - born < below
     and (new.signer_relation = 'self' or not exists (
       select 1 from cases_relatedperson r join cases_client c on c.id = r.client_id
        where c.root_id = root and r.is_guardian)) then
    raise exception 'a guardian signs for a minor' using errcode = '23514', constraint = 'consent_minor_has_guardian';
  end if;
  return null;
end
"""
TAKE_DISCLOSURE = """
begin
  select d.organization_id, d.recipient_id, d.recipient_user_id, d.withdrawn_at, d.expires_at
    into strict new.organization_id, new.recipient_id, new.recipient_user_id, new.withdrawn_at, new.expires_at
    from cases_disclosure d where d.id = new.disclosure_id;
  return new;
end
"""
SPREAD_DISCLOSURE = """
begin
  update cases_disclosuredocument set withdrawn_at = new.withdrawn_at, expires_at = new.expires_at
   where disclosure_id = new.id;
  return null;
end
"""
# The recipient may not write in the owner's house; only the count of readings moves, and only for a live copy.
NOTE_READING = """
  with read as (
    update cases_disclosure set read_count = read_count + 1
     where id = p_id and withdrawn_at is null and (expires_at is null or expires_at > now())
       and (recipient_id = app.org() or recipient_user_id = app.usr()) returning 1)
  select exists (select 1 from read)
"""
SEARCH_PROOF = """
  select e.body from departments_auditentry e
   where e.id = p_entry and e.organization_id = app.org() and e.actor_id = app.usr() and e.action = 'client.search'
     and e.at > now() - interval '30 minutes'
"""
PUT = "BEFORE INSERT OR UPDATE OF"
CHANGE = "BEFORE UPDATE OR DELETE"
CHILDREN = (
    "CaseMember",
    "CaseForm",
    "RiskAlert",
    "Need",
    "Plan",
    "Goal",
    "GoalNeed",
    "Contact",
    "Assessment",
    "Consent",
)


def same_house(model: str, **columns: str) -> Trigger:
    """The check runs after take_compartment has set the house: triggers fire in the order of their names."""
    arguments = ", ".join(f"'{column}', '{table}'" for column, table in columns.items())
    return Trigger(
        model,
        "they_share_a_house",
        f"{PUT} organization_id, {', '.join(columns)}",
        f"app.same_house({arguments})",
    )


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_walls")]
    operations = [
        migrations.RunSQL(PLAIN, UNDO),
        Definer("same_house()", "trigger", SAME_HOUSE),
        Definer("case_of_plan()", "trigger", CASE_OF_PLAN),
        Definer("case_of_goal()", "trigger", CASE_OF_GOAL),
        Definer("referral_compartment()", "trigger", REFERRAL_COMPARTMENT),
        Definer("spread_compartment()", "trigger", SPREAD),
        Definer("consent_guardian()", "trigger", GUARDIAN),
        Definer("take_disclosure()", "trigger", TAKE_DISCLOSURE),
        Definer("spread_disclosure()", "trigger", SPREAD_DISCLOSURE),
        Definer("note_reading(p_id bigint)", "boolean", NOTE_READING, language="sql"),
        Definer(
            "search_proof(p_entry uuid)", "text", SEARCH_PROOF, language="sql", volatility="STABLE"
        ),
        Trigger("cases.Client", "root_is_self", "BEFORE INSERT", "app.root_is_self()"),
        *(
            Trigger(
                f"cases.{child}",
                "take_compartment",
                f"{PUT} case_id, compartment_id, organization_id",
                "app.take_compartment()",
            )
            for child in CHILDREN
        ),
        Trigger(
            "cases.Goal", "case_of_plan", "BEFORE INSERT OR UPDATE OR DELETE", "app.case_of_plan()"
        ),
        Trigger(
            "cases.GoalNeed",
            "case_of_goal",
            "BEFORE INSERT OR UPDATE OR DELETE",
            "app.case_of_goal()",
        ),
        Trigger(
            "cases.Referral",
            "referral_compartment",
            f"{PUT} case_id, compartment_id",
            "app.referral_compartment()",
        ),
        Trigger("cases.Referral", "keep_parties", "BEFORE UPDATE", "app.keep_parties()"),
        Trigger(
            "cases.Case",
            "spread_compartment",
            "AFTER UPDATE OF compartment_id",
            "app.spread_compartment()",
            condition="old.compartment_id IS DISTINCT FROM new.compartment_id",
        ),
        same_house("cases.RelatedPerson", client_id="cases_client"),
        same_house("cases.Episode", client_id="cases_client", ward_id="departments_department"),
        same_house(
            "cases.Referral",
            client_id="cases_client",
            case_id="cases_case",
            from_department_id="departments_department",
            consent_id="cases_consent",
        ),
        same_house(
            "cases.Case",
            client_id="cases_client",
            department_id="departments_department",
            episode_id="cases_episode",
            referral_id="cases_referral",
            previous_id="cases_case",
        ),
        same_house(
            "cases.Contact",
            client_id="cases_client",
            episode_id="cases_episode",
            addendum_to_id="cases_contact",
        ),
        same_house(
            "cases.Assessment",
            client_id="cases_client",
            questionnaire_id="departments_questionnaire",
            corrects_id="cases_assessment",
        ),
        same_house("cases.RiskAlert", report_id="cases_caseform"),
        same_house("cases.DisclosureDocument", document_id="departments_document"),
        same_house(
            "cases.Consent",
            client_id="cases_client",
            template_id="cases_consenttemplate",
            evidence_id="departments_document",
            superseded_by_id="cases_consent",
        ),
        same_house("cases.Disclosure", consent_id="cases_consent"),
        Trigger("cases.Assessment", "assessment_frozen", CHANGE, "app.freeze_content('is_final')"),
        Trigger("cases.CaseForm", "case_form_frozen", CHANGE, "app.freeze_content('finalized_at')"),
        Trigger("cases.Contact", "contact_frozen", CHANGE, "app.freeze_contact()"),
        Trigger("cases.Plan", "plan_frozen", CHANGE, "app.freeze_plan()"),
        Trigger(
            "cases.ConsentTemplate",
            "consent_template_frozen",
            CHANGE,
            "app.freeze_when('published_at')",
        ),
        Trigger("cases.Consent", "consent_frozen", CHANGE, "app.freeze_consent()"),
        Trigger("cases.Disclosure", "disclosure_frozen", CHANGE, "app.freeze_disclosure()"),
        Trigger(
            "cases.Consent",
            "consent_guardian",
            "AFTER INSERT",
            "app.consent_guardian()",
            constraint=True,
        ),
        Trigger(
            "cases.DisclosureDocument",
            "take_disclosure",
            "BEFORE INSERT OR UPDATE",
            "app.take_disclosure()",
        ),
        Trigger(
            "cases.Disclosure",
            "spread_disclosure",
            "AFTER UPDATE OF withdrawn_at, expires_at",
            "app.spread_disclosure()",
        ),
    ]
