"""What proposes secrecy level 5 (domain §4.2), as a code list."""

from django.db import migrations

SCHEME = "level5"
# code, zh, en, words besides zh, need categories
ENTRIES = (
    ("hiv", "艾滋病", "HIV / AIDS", ["HIV", "AIDS", "艾滋", "人类免疫缺陷病毒"], []),
    (
        "std",
        "性病",
        "Sexually transmitted disease",
        ["梅毒", "淋病", "尖锐湿疣", "生殖器疱疹", "性传播"],
        [],
    ),
    (
        "psychiatric",
        "精神障碍",
        "Mental disorder",
        ["精神病", "精神分裂", "双相", "躁狂", "抑郁症", "抑郁发作", "妄想"],
        [],
    ),
    (
        "abuse",
        "虐待、忽视或家暴",
        "Abuse, neglect or domestic violence",
        ["虐待", "家暴", "家庭暴力"],
        ["abuse_violence"],
    ),
    ("minor_harmed", "未成年人受侵害", "A minor was harmed", ["侵害未成年", "拐卖", "童婚"], []),
    ("suicide", "自杀", "Suicide", ["自伤", "自残", "轻生"], []),
    ("sexual_violence", "性侵害", "Sexual violence", ["性侵", "强奸", "猥亵"], []),
    ("adoption", "收养", "Adoption", ["送养", "弃婴", "弃养"], []),
)


def add(apps, _schema_editor):
    code = apps.get_model("departments", "Code")
    for rank, (name, zh, en, words, needs) in enumerate(ENTRIES, start=1):
        maps = {"words": words, "needs": needs}
        code.objects.get_or_create(
            scheme=SCHEME, code=name, defaults={"zh": zh, "en": en, "rank": rank, "maps": maps}
        )


class Migration(migrations.Migration):
    dependencies = [("cases", "0017_level5_kept"), ("departments", "0021_break_glass")]
    operations = [
        migrations.RunPython(add, migrations.RunPython.noop),
    ]
