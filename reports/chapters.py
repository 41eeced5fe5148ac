"""Chapters of ICD-10 (WHO, 2019 edition), by code or by the disease groups that forms of this portal offer."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

NOT_CODED = "none"
# Chapter, its first and last category, its name.
CHAPTERS = (
    ("I", "A00", "B99", _("传染病和寄生虫病")),
    ("II", "C00", "D48", _("肿瘤")),
    ("III", "D50", "D89", _("血液、造血器官及免疫疾病")),
    ("IV", "E00", "E90", _("内分泌、营养和代谢疾病")),
    ("V", "F00", "F99", _("精神和行为障碍")),
    ("VI", "G00", "G99", _("神经系统疾病")),
    ("VII", "H00", "H59", _("眼和附器疾病")),
    ("VIII", "H60", "H95", _("耳和乳突疾病")),
    ("IX", "I00", "I99", _("循环系统疾病")),
    ("X", "J00", "J99", _("呼吸系统疾病")),
    ("XI", "K00", "K93", _("消化系统疾病")),
    ("XII", "L00", "L99", _("皮肤和皮下组织疾病")),
    ("XIII", "M00", "M99", _("肌肉骨骼和结缔组织疾病")),
    ("XIV", "N00", "N99", _("泌尿生殖系统疾病")),
    ("XV", "O00", "O99", _("妊娠、分娩和产褥期")),
    ("XVI", "P00", "P96", _("起源于围生期的情况")),
    ("XVII", "Q00", "Q99", _("先天畸形、变形和染色体异常")),
    ("XVIII", "R00", "R99", _("症状、体征和检验异常")),
    ("XIX", "S00", "T98", _("损伤、中毒和外因后果")),
    ("XX", "V01", "Y98", _("疾病和死亡的外因")),
    ("XXI", "Z00", "Z99", _("影响健康状态的因素")),
    ("XXII", "U00", "U99", _("特殊目的编码")),
)
NAMES = {code: name for code, _first, _last, name in CHAPTERS} | {NOT_CODED: _("未编码")}
# The groups offered on the form of a stay; one that spans chapters stays uncoded.
OF_GROUP = {
    "白血病": "II",
    "淋巴瘤": "II",
    "实体肿瘤": "II",
    "先天性心脏病": "XVII",
    "再生障碍性贫血": "III",
    "脑卒中": "IX",
    "脑瘫": "VI",
    "肾衰竭": "XIV",
    "早产儿疾病": "XVI",
    "骨折与创伤": "XIX",
    "唇腭裂": "XVII",
}


def chapter_of(codes: Sequence[str] | None, group: str = "") -> str:
    """The chapter of the main diagnosis, of its group without a code, or NOT_CODED.

    `group` counts by what it contains: "急性白血病" is 白血病.
    """
    category = codes[0][:3].upper() if codes else ""
    for chapter, first, last, _name in CHAPTERS:
        if first <= category <= last:
            return chapter
    return next((it for name, it in OF_GROUP.items() if name in group), NOT_CODED)
