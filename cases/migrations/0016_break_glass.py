"""What break-glass needs to know of cases it cannot see yet, and no more than that."""

from importlib import import_module

from django.db import migrations

from msw_portal.kernel.walls import Definer

keep_glass = import_module("departments.migrations.0021_break_glass").keep_glass
CHILDREN = (
    *import_module("cases.migrations.0003_triggers").CHILDREN,
    "CaseTransfer",
    "PlanItem",
    "Referral",
)
SEALED = """
  select c.id, exists (
           select 1 from departments_accessgrant g
            where g.compartment_id = c.id and g.organization_id = c.organization_id
              and g.user_id = app.usr() and g.valid @> now())
    from cases_case c join cases_client p on p.id = c.client_id
   where c.organization_id = app.care() and c.compartment_id is not null
     and app.role() in ('worker', 'supervisor', 'dept_head')
     and case when p_number <> '' then c.number = p_number and (p_root is null or p.root_id = p_root)
              else p.root_id = p_root end
   order by c.id limit 2
"""
NUMBERS = """
  select g.id, c.number::text, c.department_id
    from departments_accessgrant g join cases_case c on c.id = g.compartment_id
   where g.organization_id = app.org() and c.organization_id = g.organization_id
     and g.kind = 'break_glass' and app.role() in ('dept_head', 'secadmin')
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0015_mandatory_report_walls"),
        ("departments", "0021_break_glass"),
    ]
    operations = [
        keep_glass("cases.Case"),
        *(keep_glass(f"cases.{child}") for child in CHILDREN),
        Definer(
            "sealed_cases(p_number text, p_root bigint)",
            "table (case_id bigint, is_named boolean)",
            SEALED,
            language="sql",
            volatility="STABLE",
        ),
        Definer(
            "glass_numbers()",
            "table (grant_id bigint, number text, department_id bigint)",
            NUMBERS,
            language="sql",
            volatility="STABLE",
        ),
    ]
