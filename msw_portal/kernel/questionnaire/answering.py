"""Who is asked what, and whether an answer is one the item takes."""

from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from msw_portal.kernel.questionnaire.definition import (
    MISSING,
    AnswerError,
    is_scored,
    type_of,
    worth,
)

TEXT_LENGTH = 2000


def asked(definition: Mapping[str, Any], answers: Mapping[str, Any]) -> list[str]:
    """The codes of the items to be asked after these answers, in their order.

    An item that is not asked counts as unanswered for the conditions after it.
    """
    known: dict[str, Any] = {}
    for item in definition["items"]:
        if "when" not in item or holds(item["when"], known):
            known[item["code"]] = answers.get(item["code"])
    return list(known)


def holds(condition: Mapping[str, Any], answers: Mapping[str, Any]) -> bool:
    """Whether a condition (see `Condition`) is met; an unanswered item meets only `is_answered: false`."""
    if "all" in condition:
        return all(holds(one, answers) for one in condition["all"])
    if "any" in condition:
        return any(holds(one, answers) for one in condition["any"])
    if "not" in condition:
        return not holds(condition["not"], answers)
    answer = answers.get(condition["item"])
    if "is_answered" in condition:
        return (answer not in MISSING) == condition["is_answered"]
    if answer in MISSING:
        return False
    if "is" in condition:
        wanted = {str(value) for value in condition["is"]}
        chosen = answer if isinstance(answer, list | tuple) else [answer]
        return any(str(one) in wanted for one in chosen)
    number = _number(answer)
    if number is None:
        return False
    return (
        Decimal(condition.get("least", number)) <= number <= Decimal(condition.get("most", number))
    )


def cleaned(definition: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The given answers, each checked and in the form that is kept; open ones are left out.

    A choice is kept as the option's own value, a list in the order of the options, a number as
    text without superfluous zeros.

    Raises:
        AnswerError: for an unknown item, an item that is not asked, or a value it does not take.
    """
    items = {item["code"]: item for item in definition["items"]}
    for code in answers:
        if code not in items:
            raise AnswerError(code, _("问卷里没有第 %(code)s 题。") % {"code": code})
    given = {code: answers[code] for code in items if answers.get(code) not in MISSING}
    for code in given.keys() - set(asked(definition, given)):
        raise AnswerError(code, _("按前面的回答，第 %(code)s 题不须作答。") % {"code": code})
    return {code: _clean(definition, items[code], answer) for code, answer in given.items()}


def unanswered(definition: Mapping[str, Any], answers: Mapping[str, Any]) -> list[str]:
    """The items that must be answered, are asked and are open: what keeps a sheet from being final."""
    open_codes = {code for code in asked(definition, answers) if answers.get(code) in MISSING}
    return [
        item["code"]
        for item in definition["items"]
        if item["code"] in open_codes and item.get("is_required")
    ]


def points(definition: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Decimal]:
    """The points of the scored items among cleaned answers, reversed items from the other end."""
    reverse = set(definition["scoring"].get("reverse", ()))
    found = {}
    for item in definition["items"]:
        code = item["code"]
        if code not in given or type_of(item) == "text":
            continue
        if type_of(item) == "number":
            worthy = Decimal(given[code])
            ends = (Decimal(item.get("least", 0)), Decimal(item.get("most", 0)))
        else:
            offered = {str(one["value"]): worth(one) for one in options_of(definition, item)}
            chosen = given[code] if type_of(item) == "many" else [given[code]]
            worthy = Decimal(sum(offered[str(value)] for value in chosen))
            ends = (Decimal(min(offered.values())), Decimal(max(offered.values())))
        found[code] = ends[0] + ends[1] - worthy if code in reverse else worthy
    return found


def scored_codes(definition: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
    """The scored items that were asked."""
    shown = set(asked(definition, given))
    return [
        item["code"] for item in definition["items"] if item["code"] in shown and is_scored(item)
    ]


def options_of(definition: Mapping[str, Any], item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The options of a choice or many item."""
    return definition["options"][item["options"]]


def answer_text(definition: Mapping[str, Any], item: Mapping[str, Any], answer: Any) -> str:
    """A kept answer in words: the options' texts, a number with its unit, or the text itself."""
    if answer in MISSING:
        return ""
    if type_of(item) == "number":
        return f"{answer} {item['unit']}" if item.get("unit") else str(answer)
    if type_of(item) == "text":
        return str(answer)
    words = {str(one["value"]): one["zh"] for one in options_of(definition, item)}
    chosen = answer if isinstance(answer, list | tuple) else [answer]
    return "、".join(words.get(str(one), str(one)) for one in chosen)


def items_said(definition: Mapping[str, Any], codes: Collection[str]) -> str:
    """Items by their numbers on the sheet (`第 4、5 题`), "" for none; one asked only after others has no number and is named."""
    numbers, named, number = [], [], 0
    for item in definition.get("items", ()):
        number += "when" not in item
        if item["code"] in codes:
            (named if "when" in item else numbers).append(
                item["zh"] if "when" in item else str(number)
            )
    counted = [_("第 %(numbers)s 题") % {"numbers": "、".join(numbers)}] if numbers else []
    return "、".join(counted + named)


def _clean(definition: Mapping[str, Any], item: Mapping[str, Any], answer: Any) -> Any:
    code, kind = item["code"], type_of(item)
    if kind == "text":
        return _clean_text(code, item, answer)
    if kind == "number":
        return _clean_number(code, item, answer)
    offered = {str(one["value"]): one for one in options_of(definition, item)}
    chosen = [answer] if kind == "choice" else answer
    if not isinstance(chosen, list | tuple) or any(str(one) not in offered for one in chosen):
        raise AnswerError(code, _("第 %(code)s 题没有这个选项。") % {"code": code})
    if kind == "choice":
        return offered[str(answer)]["value"]
    wanted = {str(one) for one in chosen}
    kept = [one for value, one in offered.items() if value in wanted]
    if len(kept) > 1 and any(one.get("is_alone") for one in kept):
        alone = next(one["zh"] for one in kept if one.get("is_alone"))
        raise AnswerError(
            code,
            _("第 %(code)s 题选了“%(option)s”，就不能再选别的。") % {"code": code, "option": alone},
        )
    return [one["value"] for one in kept]


def _clean_text(code: str, item: Mapping[str, Any], answer: Any) -> str:
    text = str(answer).strip()
    most = item.get("most", TEXT_LENGTH)
    if len(text) > int(most):
        raise AnswerError(
            code, _("第 %(code)s 题最多 %(most)s 个字。") % {"code": code, "most": most}
        )
    return text


def _clean_number(code: str, item: Mapping[str, Any], answer: Any) -> str:
    number = _number(answer)
    if number is None:
        raise AnswerError(code, _("第 %(code)s 题请填数字。") % {"code": code})
    least, most, places = item.get("least"), item.get("most"), item.get("decimals", 0)
    if (least is not None and number < Decimal(least)) or (
        most is not None and number > Decimal(most)
    ):
        raise AnswerError(code, _range_sentence(code, least, most))
    if -number.as_tuple().exponent > places and number != round(number, places):
        raise AnswerError(
            code, _("第 %(code)s 题最多 %(places)s 位小数。") % {"code": code, "places": places}
        )
    return f"{number.quantize(Decimal(1).scaleb(-places)):f}"


def _range_sentence(code: str, least: Any, most: Any) -> str:
    named = {"code": code, "least": least, "most": most}
    if most is None:
        return _("第 %(code)s 题不能小于 %(least)s。") % named
    if least is None:
        return _("第 %(code)s 题不能大于 %(most)s。") % named
    return _("第 %(code)s 题须在 %(least)s 到 %(most)s 之间。") % named


def _number(answer: Any) -> Decimal | None:
    """A finite decimal of ordinary length, or None."""
    if isinstance(answer, bool | list | tuple):
        return None
    try:
        number = Decimal(str(answer).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) <= 15 else None
