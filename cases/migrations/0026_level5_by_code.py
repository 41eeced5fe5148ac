"""The list that proposes level 5 (domain §4.2) also knows the beginnings of ICD-10 codes."""

from django.db import migrations

SCHEME = "level5"
# HIV disease and carrier state; infections by sexual contact; chapter V without F00-F09 and F55;
# intentional self-harm; maltreatment and assault by sexual force.
BEGINNINGS = {
    "hiv": ["B20", "B21", "B22", "B23", "B24", "Z21", "R75", "F02.4"],
    "std": ["A50", "A51", "A52", "A53", "A54", "A55", "A56", "A57", "A58", "A60", "A63", "A64"],
    "psychiatric": ["F1", "F2", "F3", "F4", "F6"],
    "suicide": ["X6", "X7", "X80", "X81", "X82", "X83", "X84", "Z91.5"],
    "abuse": ["T74", "Y06", "Y07", "Z61.6"],
    "sexual_violence": ["T74.2", "Y05", "Z61.4", "Z61.5"],
}


def add(apps, _schema_editor):
    code = apps.get_model("departments", "Code")
    for entry in code.objects.filter(scheme=SCHEME, code__in=BEGINNINGS):
        entry.maps = {"icd10": BEGINNINGS[entry.code], **entry.maps}
        entry.save(update_fields=["maps"])


class Migration(migrations.Migration):
    dependencies = [("cases", "0025_episode_diagnosis_codes"), ("departments", "0021_break_glass")]
    operations = [
        migrations.RunPython(add, migrations.RunPython.noop),
    ]
