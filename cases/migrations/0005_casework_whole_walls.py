"""The new tables get their class, their house and their compartment."""

from importlib import import_module

from django.db import migrations

from msw_portal.kernel.walls import Definer, Trigger, Wall

first = import_module("cases.migrations.0003_triggers")
PARTS = first.PARTS | {"casetransfer": "cases_casetransfer", "planitem": "cases_planitem"}
FOLLOWERS = ("task", "document", "message", "transition", "signature")
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
        f"update departments_{name} t set compartment_id = new.compartment_id from ({_SUBJECTS}) s(kind, id) "
        "where t.organization_id = new.organization_id and t.subject_kind = s.kind and t.subject_id = s.id;"
        for name in FOLLOWERS
    )
    + " return null; end"
)
# The state of a task goes on while the approved plan stands.
CASE_OF_PLAN = first.CASE_OF_PLAN.replace(
    "array['gas', 'rated_at']", "array['gas', 'rated_at', 'state']"
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_casework_whole"), ("departments", "0011_doors_walls")]
    operations = [
        Wall("cases.Activity", "CARE"),
        Wall("cases.ActivityLine", "CARE"),
        Wall("cases.CareFlag", "CARE"),
        Wall("cases.CaseTransfer", "CASE"),
        Wall("cases.Household", "CARE"),
        Wall("cases.HouseholdMember", "CARE"),
        Wall("cases.Milestone", "CARE"),
        Wall("cases.PlanItem", "CASE"),
        Wall("cases.SubjectRequest", "CARE"),
        Definer("spread_compartment()", "trigger", SPREAD),
        Definer("case_of_plan()", "trigger", CASE_OF_PLAN),
        *(
            Trigger(
                f"cases.{child}",
                "take_compartment",
                f"{first.PUT} case_id, compartment_id, organization_id",
                "app.take_compartment()",
            )
            for child in ("CaseTransfer", "PlanItem")
        ),
        Trigger(
            "cases.PlanItem",
            "case_of_plan",
            "BEFORE INSERT OR UPDATE OR DELETE",
            "app.case_of_plan()",
        ),
        first.same_house("cases.PlanItem", plan_id="cases_plan", goal_id="cases_goal"),
        first.same_house(
            "cases.Activity",
            department_id="departments_department",
            ward_id="departments_department",
        ),
        first.same_house(
            "cases.ActivityLine",
            activity_id="cases_activity",
            client_id="cases_client",
            promoted_case_id="cases_case",
        ),
        first.same_house(
            "cases.CareFlag", client_id="cases_client", related_person_id="cases_relatedperson"
        ),
        first.same_house(
            "cases.HouseholdMember", household_id="cases_household", client_id="cases_client"
        ),
        first.same_house("cases.Milestone", episode_id="cases_episode"),
        first.same_house(
            "cases.SubjectRequest", client_id="cases_client", result_id="departments_document"
        ),
    ]
