"""Ward and disease of a case follow its episode; what stands already is filled."""

from django.db import migrations

from msw_portal.kernel.walls import Definer, Trigger

PLACE = """
begin
  if new.episode_id is not null and (tg_op = 'INSERT' or new.episode_id is distinct from old.episode_id) then
    select coalesce(new.ward_id, e.ward_id), e.disease_group into new.ward_id, new.disease_group
      from cases_episode e where e.id = new.episode_id;
  end if;
  return new;
end
"""
FOLLOW = """
begin
  update cases_case c set ward_id = coalesce(c.ward_id, new.ward_id), disease_group = new.disease_group
   where c.episode_id = new.id
     and (c.disease_group <> new.disease_group or (c.ward_id is null and new.ward_id is not null));
  return null;
end
"""
FILL = """
    UPDATE cases_case c SET ward_id = e.ward_id, disease_group = e.disease_group FROM cases_episode e
     WHERE e.id = c.episode_id AND (e.ward_id IS NOT NULL OR e.disease_group <> '')
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0044_case_place")]
    operations = [
        Definer("case_place()", "trigger", PLACE),
        Trigger("cases.Case", "place", "BEFORE INSERT OR UPDATE OF episode_id", "app.case_place()"),
        Definer("case_place_follows()", "trigger", FOLLOW),
        Trigger(
            "cases.Episode",
            "case_place_follows",
            "AFTER UPDATE OF ward_id, disease_group",
            "app.case_place_follows()",
            condition="old.ward_id is distinct from new.ward_id or old.disease_group <> new.disease_group",
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
