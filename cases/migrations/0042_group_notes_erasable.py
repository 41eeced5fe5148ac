"""Of a group that is over, what was noted of one person may be emptied (PIPL 47), and nothing else changes."""

from importlib import import_module

from django.db import migrations

from msw_portal.kernel.walls import Definer

before = import_module("cases.migrations.0038_group_parts_rekeyed")
FROZEN = "or app.content_differs(to_jsonb(old), to_jsonb(new), array[]::text[])) then"
# The contact and the screening of a member, the note of an attendance: gone or as they were.
ERASED = """or app.content_differs(to_jsonb(old), to_jsonb(new), array['contact', 'screening', 'note'])
          or exists (select 1 from unnest(array['contact', 'screening', 'note']) c
                      where to_jsonb(new) ->> c is not null
                        and to_jsonb(new) ->> c is distinct from to_jsonb(old) ->> c)) then"""
PART = before.PART.replace(FROZEN, ERASED)


class Migration(migrations.Migration):
    dependencies = [("cases", "0041_satisfaction")]
    operations = [Definer("group_part()", "trigger", PART)]
