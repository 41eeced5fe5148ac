"""The regions of GB/T 2260 down to counties, and houses that keep their own row of the register.

The list is reference/regions-2023-06-30.csv: codes and names of the National Bureau of Statistics as
of 2023-06-30, county level and above, without the statistical zones (codes that end in 71 to 79).
"""

import csv
from pathlib import Path

from django.db import migrations

LIST = Path(__file__).resolve().parents[1] / "reference" / "regions-2023-06-30.csv"
COUNTRY = 100000
SELF_KEPT = """
  update departments_organization set managed_by_id = id
   where is_tenant and id <> 1 and managed_by_id = 1;
"""
TYPES = {
    "综合": "general",
    "综合医院": "general",
    "专科": "specialised",
    "专科医院": "specialised",
    "中医": "traditional",
    "中医医院": "traditional",
    "妇幼": "maternal_child",
    "妇幼保健院": "maternal_child",
    "精神": "mental",
    "精神专科": "mental",
    "传染": "infectious",
    "肿瘤": "oncology",
    "儿童": "children",
    "社区卫生服务中心": "community_centre",
    "乡镇卫生院": "township_centre",
}


def _parent(code, known):
    if code == COUNTRY:
        return None
    city, province = code // 100 * 100, code // 10000 * 10000
    if code % 10000 == 0:
        return COUNTRY
    return city if code != city and city in known else province


def _level(code):
    if code == COUNTRY:
        return 1
    return 4 if code % 100 else 3 if code % 10000 else 2


def load(apps, schema_editor):
    region = apps.get_model("departments", "Region")
    with LIST.open(encoding="utf-8", newline="") as lines:
        names = {int(row["code"]): row["name"] for row in csv.DictReader(lines)}
    known = names.keys() | set(region.objects.values_list("code", flat=True))
    rows = [
        region(code=code, name=name, level=_level(code), parent_id=_parent(code, known))
        for code, name in names.items()
    ]
    region.objects.bulk_create(
        rows,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "level", "parent"],
    )
    organization = apps.get_model("departments", "Organization")
    for words, code in TYPES.items():
        organization.objects.filter(hospital_type=words).update(hospital_type=code)


class Migration(migrations.Migration):
    dependencies = [("departments", "0029_register_fields")]

    operations = [
        migrations.RunPython(load, migrations.RunPython.noop),
        migrations.RunSQL(SELF_KEPT, migrations.RunSQL.noop),
    ]
