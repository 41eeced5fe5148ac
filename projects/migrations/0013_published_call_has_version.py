"""What is announced stands frozen: a call that names a version has it when its transaction ends."""

from django.db import migrations

from msw_portal.kernel.walls import Definer, Trigger

# At the end, because a version needs its call first. A row without one would be an announcement nobody can read.
HAS_VERSION = """
begin
  if new.version > 0 and not exists (
       select from projects_callversion v where v.call_id = new.id and v.version = new.version) then
    raise exception 'an announcement without its text' using errcode = '23514', constraint = 'call_has_its_version';
  end if;
  return null;
end
"""


class Migration(migrations.Migration):
    dependencies = [("projects", "0012_coaching_parties_once")]
    operations = [
        Definer("call_has_version()", "trigger", HAS_VERSION),
        Trigger(
            "projects.Call",
            "call_has_version",
            "AFTER INSERT OR UPDATE OF state, version",
            "app.call_has_version()",
            constraint=True,
        ),
    ]
