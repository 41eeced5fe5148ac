"""Questionnaires made in the browser: a draft is written item by item, a published version is frozen.

The definition is the kernel's (docs/questionnaires.md); what it would refuse is refused here at the
item that is being written, so that a draft can always be tried out.
"""

import copy
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.mechanisms import Questionnaire
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.instruments.importing import closed_of
from msw_portal.kernel.questionnaire.checking import faults
from msw_portal.kernel.questionnaire.definition import type_of
from projects.permissions.registers import can_make_questionnaire

KINDS = (Questionnaire.Kind.SURVEY, Questionnaire.Kind.SCREEN)
MOST_ITEMS = 100
MOST_OPTIONS = 30
# End of a fault's path -> the control of the item's form that it is about.
CONTROLS = {
    "zh": "text",
    "options": "options",
    "when": "when",
    "least": "least",
    "most": "most",
    "decimals": "decimals",
    "type": "type",
}
Definition = dict[str, Any]


@command
def questionnaire_begin(
    *, title: str, kind: str, licence: str, intro: str = "", by: User
) -> Questionnaire:
    """An empty draft of the house's own. `licence` says who wrote the text, or by what right it is used.

    Raises:
        DomainError: `questionnaire.…` on the field that is wrong; a name of a closed scale on `title`.
    """
    require(can_make_questionnaire, by, None)
    if kind not in KINDS:
        raise DomainError("questionnaire.kind", _("请从列表中选择。"), "kind")
    code = f"own_{secrets.token_hex(5)}"
    definition: Definition = {
        "code": code,
        "version": "1",
        "zh": "",
        "en": "",
        "kind": kind,
        "licence_class": "A",
        "licence": "",
        "citation": "",
        "recall": "",
        "note": "",
        "options": {},
        "items": [],
        "scoring": {"method": "none"},
        "bands": [],
        "alerts": [],
    }
    row = Questionnaire(
        organization_id=by.house_id,
        code=code,
        version="1",
        kind=kind,
        licence_class="A",
        created_by=by,
    )
    _write_head(row, definition, {"title": title, "licence": licence, "intro": intro})
    row.save(force_insert=True)
    audit.record("questionnaire.draft", by=by, on=row, code=code)
    return row


def _write_head(row: Questionnaire, definition: Definition, head: Mapping[str, Any]) -> None:
    title = " ".join(head["title"].split())
    if not title:
        raise DomainError("questionnaire.needs_title", _("请写名称。"), "title")
    definition["zh"] = title
    closed = closed_of(definition)
    if closed is not None:
        raise DomainError(
            "questionnaire.class_c",
            _("“%(name)s”没有开放授权，不能录入它的题目。") % {"name": closed.zh},
            "title",
        )
    licence = head["licence"].strip()
    if not licence:
        raise DomainError(
            "questionnaire.needs_permission",
            _("请写明题目是谁写的，或凭什么可以使用。"),
            "licence",
        )
    definition["licence"] = definition["citation"] = licence
    definition["intro"] = head.get("intro", "").strip()
    definition["recall"] = " ".join(head.get("recall", definition["recall"]).split())
    definition["note"] = head.get("note", "").strip() or str(_("请按实际情况回答。"))
    if "method" in head:
        definition["scoring"] = {"method": head["method"]}
        definition["bands"] = list(head.get("bands", ())) if head["method"] != "none" else []
    row.title, row.citation, row.definition = title, licence, definition


def draft_locked(questionnaire: Questionnaire, by: User, base: int | None = None) -> Questionnaire:
    """The draft, read again and held.

    Raises:
        DomainError: `form.stale`, `questionnaire.is_published` (409).
    """
    row = Questionnaire.objects.locked().get(pk=questionnaire.pk)
    require(can_make_questionnaire, by, row)
    check_base(base, row.row_version)
    if row.published_at is not None:
        raise DomainError(
            "questionnaire.is_published",
            _("已发布的版本不能改，请另起一版。"),
            status=409,
        )
    return row


@command
def questionnaire_head_change(
    *, questionnaire: Questionnaire, by: User, base: int | None = None, **head: Any
) -> Questionnaire:
    """Name, introduction, period asked about, right, scoring and bands of a draft.

    Raises:
        DomainError: `form.stale`, `questionnaire.is_published` (409), or the fault on its field.
    """
    row = draft_locked(questionnaire, by, base)
    definition = copy.deepcopy(row.definition)
    _write_head(row, definition, head)
    for fault in _faults(definition):
        name = "bands" if fault.path.startswith("bands") else None
        raise DomainError(f"questionnaire.{fault.rule}", fault.sentence, name)
    row.save(update_fields=["title", "citation", "definition"])
    audit.record("questionnaire.amend", by=by, on=row, code=row.code)
    return row


def _faults(definition: Definition) -> list[Any]:
    """What is wrong, the want of items apart: a draft begins without any."""
    return [fault for fault in faults(definition) if fault.rule != "no_items"]


@command
def item_put(
    *,
    questionnaire: Questionnaire,
    code: str = "",
    text: str,
    type: str,
    options: Sequence[Mapping[str, Any]] = (),
    is_required: bool = False,
    when: Sequence[str] = (),
    help: str = "",
    section: str = "",
    least: Any = None,
    most: Any = None,
    decimals: int | None = None,
    unit: str = "",
    by: User,
    base: int | None = None,
) -> Questionnaire:
    """Write an item: a new one at the end, or the one with `code` anew.

    `options` are {"zh", "score"?, "is_alone"?}; one whose words stand keeps its value. `when` names answers
    `<item>|<value>`: of one item any, of several items all.

    Raises:
        DomainError: the fault on its control, `questionnaire.no_item`, `form.stale` (409).
    """
    row = draft_locked(questionnaire, by, base)
    definition = copy.deepcopy(row.definition)
    items = definition["items"]
    old = next((one for one in items if one["code"] == code), None)
    if code and old is None:
        raise DomainError("questionnaire.no_item", _("没有这一题，可能刚被删除。"), status=409)
    if old is None and len(items) >= MOST_ITEMS:
        raise DomainError(
            "questionnaire.too_many", _("最多 %(n)d 题。") % {"n": MOST_ITEMS}, "text"
        )
    code = code or _free_code(items)
    item: dict[str, Any] = {"code": code, "zh": " ".join(text.split())}
    if type in ("choice", "many"):
        item |= {"type": type, "options": f"o_{code}"}
        definition["options"][f"o_{code}"] = _options(definition, code, options)
    else:
        definition["options"].pop(f"o_{code}", None)
        item["type"] = type
    if type == "number":
        for name, value in (("least", least), ("most", most)):
            if value is not None:
                item[name] = str(value)
        item |= {"decimals": decimals or 0}
        item |= {"unit": unit.strip()} if unit.strip() else {}
        item |= {"is_scored": True} if definition["scoring"]["method"] != "none" else {}
    elif type == "text":
        item["most"] = int(most) if most is not None else 300
    item |= {"is_required": True} if is_required else {}
    item |= {"help": help.strip()} if help.strip() else {}
    item |= {"section": section.strip()} if section.strip() else {}
    condition = _condition(when)
    item |= {"when": condition} if condition else {}
    if old is None:
        items.append(item)
    else:
        items[items.index(old)] = item
    _keep(row, definition, code)
    audit.record("questionnaire.item_put", by=by, on=row, code=row.code)
    return row


def _free_code(items: Sequence[Mapping[str, Any]]) -> str:
    used = {one["code"] for one in items}
    return next(f"q{n}" for n in range(1, MOST_ITEMS + 2) if f"q{n}" not in used)


def _options(
    definition: Definition, code: str, given: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    if not given:
        raise DomainError("questionnaire.no_options", _("请写选项，一行一个。"), "options")
    if len(given) > MOST_OPTIONS:
        raise DomainError(
            "questionnaire.too_many_options",
            _("最多 %(n)d 个选项。") % {"n": MOST_OPTIONS},
            "options",
        )
    former = {one["zh"]: one["value"] for one in definition["options"].get(f"o_{code}", ())}
    taken = {former[one["zh"]] for one in given if one["zh"] in former}
    free = (n for n in range(1, 2 * MOST_OPTIONS + 2) if n not in taken)
    words = [one["zh"] for one in given]
    if len(set(words)) != len(words):
        raise DomainError("questionnaire.option_twice", _("有两个选项的文字一样。"), "options")
    made = []
    for one in given:
        value = former.get(one["zh"])
        made.append({**one, "value": next(free) if value is None else value})
    return made


def _condition(when: Sequence[str]) -> dict[str, Any] | None:
    asked: dict[str, list[Any]] = {}
    for one in when:
        item, _bar, value = one.partition("|")
        asked.setdefault(item, []).append(int(value) if value.isdigit() else value)
    tests = [{"item": item, "is": values} for item, values in asked.items()]
    if len(tests) > 1:
        return {"all": tests}
    return tests[0] if tests else None


def condition_marks(item: Mapping[str, Any]) -> list[str]:
    """A condition as the maker wrote it, for the form: `<item>|<value>`; [] for none or another shape."""
    when = item.get("when", {})
    tests = when.get("all", [when] if when else [])
    if any(not isinstance(one, Mapping) or "is" not in one for one in tests):
        return []
    return [f"{one['item']}|{value}" for one in tests for value in one["is"]]


def _keep(row: Questionnaire, definition: Definition, code: str = "") -> None:
    """Save the definition where the kernel takes it; the first fault lands on its control."""
    places = {f"items[{n}]": one["code"] for n, one in enumerate(definition["items"])}
    for fault in _faults(definition):
        place, _dot, rest = fault.path.partition(".")
        if code and (places.get(place) == code or fault.path.startswith(f"options.o_{code}")):
            control = "options" if place == "options" else CONTROLS.get(rest.split(".")[0])
            raise DomainError(f"questionnaire.{fault.rule}", fault.sentence, control)
        named = next((n for n, key in enumerate(places, 1) if key == place), 0)
        sentence = (
            _("第 %(n)d 题：%(what)s") % {"n": named, "what": fault.sentence}
            if named
            else fault.sentence
        )
        raise DomainError(f"questionnaire.{fault.rule}", sentence)
    row.definition = definition
    row.save(update_fields=["definition"])


def _changed(
    questionnaire: Questionnaire, code: str, by: User, change: Callable[[list[Any], int], None]
) -> Questionnaire:
    row = draft_locked(questionnaire, by)
    definition = copy.deepcopy(row.definition)
    items = definition["items"]
    place = next((n for n, one in enumerate(items) if one["code"] == code), None)
    if place is None:
        raise DomainError("questionnaire.no_item", _("没有这一题，可能刚被删除。"), status=409)
    change(items, place)
    named = {one.get("options") for one in items}
    definition["options"] = {
        name: rows for name, rows in definition["options"].items() if name in named
    }
    _keep(row, definition)
    return row


@command
def item_move(*, questionnaire: Questionnaire, code: str, place: int, by: User) -> Questionnaire:
    """Put an item at a place, counted from one; a condition still looks at earlier items only.

    Raises:
        DomainError: `questionnaire.condition_item`, `questionnaire.no_item` (409).
    """

    def change(items: list[Any], now: int) -> None:
        item = items.pop(now)
        items.insert(max(0, min(place - 1, len(items))), item)

    row = _changed(questionnaire, code, by, change)
    audit.record("questionnaire.item_move", by=by, on=row, code=row.code)
    return row


@command
def item_remove(*, questionnaire: Questionnaire, code: str, by: User) -> Questionnaire:
    """Take an item out that no other item's condition looks at.

    Raises:
        DomainError: `questionnaire.condition_item`, `questionnaire.no_item` (409).
    """
    row = _changed(questionnaire, code, by, lambda items, place: items.pop(place))
    audit.record("questionnaire.item_remove", by=by, on=row, code=row.code)
    return row


def earlier_answers(definition: Mapping[str, Any], code: str) -> list[tuple[str, str]]:
    """The answers an item's condition may look at: those of the choices before it (all, for a new one)."""
    found = []
    for number, item in enumerate(definition["items"], 1):
        if item["code"] == code:
            break
        if type_of(item) in ("choice", "many"):
            found += [
                (f"{item['code']}|{one['value']}", f"{number}. {item['zh']} → {one['zh']}")
                for one in definition["options"][item["options"]]
            ]
    return found
