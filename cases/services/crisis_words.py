"""Words that make a request urgent by themselves: better one call too many than one too few."""

import unicodedata

# Danger to life, to others, to a child (domain §1.2: 自伤/他伤/自杀; 虐待/忽视/家暴).
WORDS = (
    *("自杀", "轻生", "自伤", "自残", "想死", "寻死", "不想活", "活不下去", "不如死", "死了算"),
    *("跳楼", "割腕", "上吊", "服毒", "喝农药", "遗书", "结束生命", "伤害自己", "了断"),
    *("杀人", "杀了他", "杀了她", "同归于尽", "砍人", "伤害别人", "伤害他人"),
    *("家暴", "虐待", "殴打", "性侵", "猥亵", "被打", "打孩子"),
    *("suicide", "suicidal", "kill myself", "end my life", "self-harm", "self harm", "want to die"),
    *("kill him", "kill her", "domestic violence", "sexual assault", "child abuse"),
)

# A diagnosis that says somebody was harmed: maltreatment in words, or ICD-10 T74, Y06, Y07.
HARM = (
    *(
        "虐待",
        "受虐",
        "家暴",
        "家庭暴力",
        "性侵",
        "强奸",
        "猥亵",
        "殴打",
        "遗弃",
        "摇晃婴儿",
        "非意外伤害",
    ),
    *("t74", "y06", "y07", "child abuse", "maltreatment", "sexual abuse", "shaken baby"),
)


def crisis_words(*texts: str) -> list[str]:
    """The listed words found in the texts, in the list's order."""
    return _found(WORDS, " ".join(texts))


def harm_words(text: str) -> list[str]:
    """The words of maltreatment found in a diagnosis."""
    return _found(HARM, text)


def _found(words: tuple[str, ...], text: str) -> list[str]:
    text = unicodedata.normalize("NFKC", text).lower()
    dense = "".join(text.split())
    return [word for word in words if word in (text if word.isascii() else dense)]
