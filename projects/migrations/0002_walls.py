"""Every table behind its wall; each house writes its own part of an application, and nobody hands in late."""

from importlib import import_module

from django.db import migrations

from msw_portal.kernel.walls import Definer, Trigger, Wall

same_house = import_module("cases.migrations.0003_triggers").same_house
# Calls, applications and projects stay: they are cancelled, withdrawn or ended, never deleted.
KEEP = "SELECT, INSERT, UPDATE"
ADD_ONLY = "SELECT, INSERT"
REFUSE = "raise exception '{text}' using errcode = '23514', constraint = '{name}'"
SIDES = REFUSE.format(text="this column is the other house''s", name="application_sides")
SEALED = REFUSE.format(text="what was handed in stays", name="application_is_sealed")
WINDOW = REFUSE.format(text="outside the time of the call", name="application_in_window")
LIMIT = REFUSE.format(text="the unit has handed in enough", name="application_within_unit_limit")
AMENDED = REFUSE.format(text="a published call is amended", name="call_is_amended")
PARTY = REFUSE.format(text="not this house''s answer", name="party_sides")
UNSENT = "('draft', 'started_not_submitted', 'withdrawn', 'merged')"
# What the issuer writes, and what follows by itself.
ISSUER = "number formality supplement_items supplement_due_at score_mean score_shown rank selected"
MOVES = "state state_entered_at row_version updated_at counterparty_id"


def _array(words: str) -> str:
    return "array[" + ", ".join(f"'{word}'" for word in words.split()) + "]"


# What was announced changes by an amendment alone: a new version of the call.
CALL_AMENDED = f"""
declare free text[] := {
    _array(
        "state state_entered_at row_version updated_at version published_at "
        "notice_entry_id list_entry_id score_sheet_id review_rules letters previous_id"
    )
};
begin
  if old.published_at is null or new.version > old.version or app.org() is null then return new; end if;
  if to_jsonb(new) - free is distinct from to_jsonb(old) - free then {AMENDED}; end if;
  return new;
end
"""
# app.org() is empty only for the owner's loads: msw_app without a house sees no row at all.
APPLICATION_SIDES = f"""
declare house bigint := app.org(); c record; n integer;
begin
  if house is null then return new; end if;
  if tg_op = 'INSERT' then
    if new.state <> 'draft' or new.counterparty_id is not null or house <> new.organization_id
       or coalesce(new.number, new.formality::text, new.score_mean::text, new.rank::text) is not null or new.selected
      then {SIDES}; end if;
    return new;
  end if;
  if new.call_id <> old.call_id then {SEALED}; end if;
  if house = new.organization_id then
    if (new.number, new.formality, new.supplement_items, new.supplement_due_at, new.score_mean, new.score_shown, new.rank, new.selected)
       is distinct from
       (old.number, old.formality, old.supplement_items, old.supplement_due_at, old.score_mean, old.score_shown, old.rank, old.selected)
      then {SIDES}; end if;
    if new.state <> old.state and new.state not in ('withdrawn', 'merged') and (old.state, new.state) not in
       (('draft', 'submitted'), ('supplement_required', 'submitted'), ('draft', 'started_not_submitted'),
        ('started_not_submitted', 'draft')) then {SIDES}; end if;
    if old.state not in ('draft', 'supplement_required') and
       to_jsonb(new) - {_array(MOVES + " late_evidence end_reason merged_into_id told_version")} is distinct from
       to_jsonb(old) - {_array(MOVES + " late_evidence end_reason merged_into_id told_version")} then {SEALED}; end if;
  elsif house = old.counterparty_id then
    if to_jsonb(new) - {_array(MOVES + " " + ISSUER + " end_reason merged_into_id")} is distinct from
       to_jsonb(old) - {_array(MOVES + " " + ISSUER + " end_reason merged_into_id")} then {SIDES}; end if;
    if new.state <> old.state and new.state in ('draft', 'submitted', 'withdrawn', 'started_not_submitted') then {SIDES}; end if;
  else {SIDES}; end if;
  if old.state = 'draft' and new.state = 'submitted' then
    -- The call is held for the moment: an amendment of its time comes before or after, never between.
    select * into c from projects_call where id = new.call_id for share;
    if new.counterparty_id is distinct from c.organization_id then {SIDES}; end if;
    if c.state not in ('published', 'accepting') or new.submitted_at < c.opens_at or new.submitted_at > c.closes_at
      then {WINDOW}; end if;
    if c.max_per_unit is not null then
      perform pg_advisory_xact_lock(hashtextextended('call ' || new.call_id || ' unit ' || new.organization_id, 0));
      select count(*) into n from projects_application a
       where a.call_id = new.call_id and a.organization_id = new.organization_id and a.id <> new.id
         and a.state not in {UNSENT};
      if n >= c.max_per_unit then {LIMIT}; end if;
    end if;
  end if;
  return new;
end
"""
# A co-applicant reads its party's row alone: what became of the application stands there too.
SPREAD_APPLICATION = """
begin
  update projects_applicationparty
     set application_state = new.state, application_number = coalesce(new.number, '')
   where application_id = new.id
     and (application_state, application_number) is distinct from (new.state::text, coalesce(new.number, '')::text);
  return null;
end
"""
FOLLOWS = "row_version updated_at organization_id counterparty_id partner_id"
# Parts of what was handed in are sealed with it; those of a project are kept by the project's own rules.
PART_SIDES = f"""
declare house bigint := app.org(); a record; was jsonb; now_ jsonb; free text[] := {_array(FOLLOWS)};
begin
  if house is null then return coalesce(new, old); end if;
  was := case when tg_op <> 'INSERT' then to_jsonb(old) - free end;
  now_ := case when tg_op <> 'DELETE' then to_jsonb(new) - free end;
  if was is not distinct from now_ or coalesce(now_, was) ->> 'application_id' is null then return coalesce(new, old); end if;
  select state, organization_id into a from projects_application
   where id = (coalesce(now_, was) ->> 'application_id')::bigint;
  if a.organization_id <> house or a.state not in ('draft', 'supplement_required') then {SEALED}; end if;
  return coalesce(new, old);
end
"""
PARTY_SIDES = f"""
declare house bigint := app.org(); a record; was jsonb; now_ jsonb;
        free text[] := {_array(FOLLOWS + " shown application_state application_number")};
        reply text[] := {_array("state answered_at answered_by_id answer_note")};
begin
  if house is null then return coalesce(new, old); end if;
  was := case when tg_op <> 'INSERT' then to_jsonb(old) - array_remove(free, 'partner_id') end;
  now_ := case when tg_op <> 'DELETE' then to_jsonb(new) - array_remove(free, 'partner_id') end;
  if was is not distinct from now_ then return coalesce(new, old); end if;
  if tg_op = 'UPDATE' and house = old.partner_id and house <> old.organization_id then
    if was - reply is distinct from now_ - reply or old.shown is distinct from new.shown
       or old.role <> 'co_applicant' or new.state not in ('accepted', 'refused') then {PARTY}; end if;
    return new;
  end if;
  select state, organization_id into a from projects_application
   where id = (coalesce(now_, was) ->> 'application_id')::bigint;
  if a.organization_id <> house then {PARTY}; end if;
  if tg_op <> 'DELETE' and new.state in ('accepted', 'refused')
     and (tg_op = 'INSERT' or old.state is distinct from new.state) then {PARTY}; end if;
  if tg_op = 'UPDATE' and new.state = 'ended' and was - 'state' = now_ - 'state' then return new; end if;
  if a.state not in ('draft', 'supplement_required') then {SEALED}; end if;
  return coalesce(new, old);
end
"""
TAKE_OWNER = """
begin
  if new.application_id is not null then
    select organization_id, counterparty_id into strict new.organization_id, new.counterparty_id
      from projects_application where id = new.application_id;
  else
    select organization_id, counterparty_id into strict new.organization_id, new.counterparty_id
      from projects_project where id = new.project_id;
  end if;
  return new;
end
"""
TAKE_PROJECT = """
begin
  select organization_id, counterparty_id, partner_id
    into strict new.organization_id, new.counterparty_id, new.partner_id
    from projects_project where id = new.project_id;
  return new;
end
"""
# `update ... set rank = rank` alone: the triggers of the parts read the parties from the project.
SPREAD_PROJECT = """
begin
  update projects_projectevent set kind = kind where project_id = new.id;
  update projects_projectreport set kind = kind where project_id = new.id;
  update projects_budgetline set rank = rank where project_id = new.id;
  update projects_projectindicator set rank = rank where project_id = new.id;
  update projects_projectvalue set period = period
   where indicator_id in (select id from projects_projectindicator where project_id = new.id);
  return null;
end
"""
# How many units of other houses have begun and not handed in: a count for the issuer, never which.
CALL_PROGRESS = """
select count(*) filter (where a.state = 'draft'), count(*) filter (where a.state = 'started_not_submitted'),
       count(distinct a.organization_id)
  from projects_application a
 where a.call_id = p_call and a.state in ('draft', 'started_not_submitted')
   and exists (select from projects_call c where c.id = p_call and c.organization_id = app.org())
"""
KEEP_PARTIES = ("keep_parties", "BEFORE UPDATE", "app.keep_parties()")
PUT = "BEFORE INSERT OR UPDATE"
CHANGE = "BEFORE INSERT OR UPDATE OR DELETE"
OF_APPLICATION = (
    "take_parties",
    PUT,
    "app.take_parties('projects_application', 'application_id')",
)
CHILDREN = ", ".join(
    f"'projects_{table}', 'application_id'"
    for table in ("applicationparty", "budgetline", "projectindicator")
)


class Migration(migrations.Migration):
    dependencies = [("projects", "0001_calls_and_projects")]
    operations = [
        Definer("call_amended()", "trigger", CALL_AMENDED),
        Definer("application_sides()", "trigger", APPLICATION_SIDES),
        Definer("spread_application()", "trigger", SPREAD_APPLICATION),
        Definer("application_part_sides()", "trigger", PART_SIDES),
        Definer("party_sides()", "trigger", PARTY_SIDES),
        Definer("take_owner_parties()", "trigger", TAKE_OWNER),
        Definer("take_project_parties()", "trigger", TAKE_PROJECT),
        Definer("spread_project()", "trigger", SPREAD_PROJECT),
        Definer(
            "call_progress(p_call bigint)",
            "TABLE(drafts bigint, lapsed bigint, houses bigint)",
            CALL_PROGRESS,
            language="sql",
            volatility="STABLE",
        ),
        Wall("projects.Call", "OPEN", grant=KEEP),
        Wall("projects.CallVersion", "OPEN", grant=ADD_ONLY),
        Wall("projects.Application", "SHARED", grant=KEEP),
        Wall("projects.ApplicationVersion", "SHARED", grant=ADD_ONLY),
        Wall("projects.ApplicationParty", "SHARED+PARTNER"),
        Wall("projects.BudgetLine", "SHARED"),
        Wall("projects.Project", "SHARED+READER", grant=KEEP),
        Wall("projects.ProjectIndicator", "SHARED"),
        Wall("projects.ProjectValue", "SHARED"),
        Wall("projects.ProjectEvent", "SHARED+PARTNER", grant=KEEP),
        Wall("projects.ProjectReport", "SHARED+PARTNER", grant=KEEP),
        Wall("projects.ProjectLink", "TENANT"),
        Trigger("projects.Call", "call_amended", "BEFORE UPDATE", "app.call_amended()"),
        same_house("projects.CallVersion", call_id="projects_call"),
        Trigger("projects.Application", *KEEP_PARTIES),
        Trigger("projects.Application", "sides", PUT, "app.application_sides()"),
        Trigger(
            "projects.Application",
            "spread_parties",
            "AFTER UPDATE OF counterparty_id",
            f"app.spread_parties({CHILDREN})",
        ),
        Trigger(
            "projects.Application",
            "spread_application",
            "AFTER UPDATE OF state, number",
            "app.spread_application()",
        ),
        Trigger("projects.ApplicationVersion", *OF_APPLICATION),
        # Not of its sealed column alone: a new key is put on it by nobody who sees the application.
        Trigger(
            "projects.ApplicationParty",
            "take_parties",
            "BEFORE INSERT OR UPDATE OF application_id, organization_id, counterparty_id",
            OF_APPLICATION[-1],
        ),
        Trigger("projects.ApplicationParty", "sides", CHANGE, "app.party_sides()"),
        Trigger("projects.BudgetLine", "take_parties", PUT, "app.take_owner_parties()"),
        Trigger("projects.BudgetLine", "sides", CHANGE, "app.application_part_sides()"),
        Trigger("projects.ProjectIndicator", "take_parties", PUT, "app.take_owner_parties()"),
        Trigger("projects.ProjectIndicator", "sides", CHANGE, "app.application_part_sides()"),
        Trigger("projects.Project", *KEEP_PARTIES),
        Trigger(
            "projects.Project",
            "spread_project",
            "AFTER UPDATE OF counterparty_id, partner_id",
            "app.spread_project()",
        ),
        Trigger(
            "projects.ProjectValue",
            "take_parties",
            PUT,
            "app.take_parties('projects_projectindicator', 'indicator_id')",
        ),
        Trigger("projects.ProjectEvent", "take_parties", PUT, "app.take_project_parties()"),
        Trigger("projects.ProjectReport", "take_parties", PUT, "app.take_project_parties()"),
        same_house(
            "projects.ProjectLink",
            project_id="projects_project",
            case_id="cases_case",
            group_id="cases_group",
            activity_id="cases_activity",
            service_record_id="volunteers_servicerecord",
            learning_event_id="departments_learningevent",
        ),
    ]
