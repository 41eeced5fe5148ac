"""What an expert is shown of an application: a frozen copy, without unit and people where the review is blind.

The application's rows are sealed from the hand-in on, so that a packet made later says the same. Its files are
never handed over: the expert sees their pages as pictures under neutral names, so that neither a file's name nor
what is written inside about its author gets out; where the review is blind, a file whose pages cannot be drawn
(Word, Excel) is left out and the packet says so.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import translation
from django.utils.translation import gettext as _

from cases.models.codes import DisclosureLevel
from cases.models.consents import Disclosure
from cases.services.disclosures import payload_hash
from departments import audit
from departments.models.mechanisms import Document
from departments.models.people import User
from departments.services.viewing import is_shown
from projects.models.applications import Application, ApplicationParty
from projects.models.calls import Call
from projects.models.cultivation import BudgetLine, ProjectIndicator
from projects.models.reviews import Review

HIDDEN = "〔已隐去〕"
SHORTEST_NAME = 2
PHONE = re.compile(r"(?<!\d)(?:1\d{10}|0\d{2,3}-?\d{7,8})(?!\d)")
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def packets_make(reviews: list[Review], *, call: Call, is_blind: bool, by: User) -> None:
    """Write the copies of these reviews and link them, in a constant number of statements."""
    if not reviews:
        return
    # The copy is Chinese whatever language the officer works in.
    with translation.override(settings.LANGUAGE_CODE):
        contents = _contents(reviews, call, is_blind)
    made = []
    for review in reviews:
        content = contents[review.application_id] | {"label": review.label}
        made.append(
            Disclosure(
                organization_id=review.organization_id,
                recipient_user_id=review.expert_user_id,
                level=DisclosureLevel.PACKET,
                subject_kind=review._meta.model_name,
                subject_id=review.pk,
                subject_uid=review.uid,
                fields=sorted(content),
                payload=content,
                payload_hash=payload_hash(content),
                created_by=by,
            )
        )
    Disclosure.objects.bulk_create(made)
    for review, packet in zip(reviews, made, strict=True):
        review.packet = packet
    Review.objects.bulk_update(reviews, ["packet"], batch_size=500)
    audit.record("review.make_packets", by=by, on=call, packets=len(made), is_blind=is_blind)


def _contents(reviews: list[Review], call: Call, is_blind: bool) -> dict[int, dict[str, Any]]:
    """application id -> payload; a constant number of queries."""
    ids = {review.application_id for review in reviews}
    house = call.organization_id
    rows = list(
        Application.objects.filter(counterparty_id=house, pk__in=ids).select_related(
            "organization", "department", "leader"
        )
    )
    parts: dict[str, dict[int, list[Any]]] = {
        "parties": defaultdict(list),
        "indicators": defaultdict(list),
        "budget": defaultdict(list),
        "files": defaultdict(list),
    }
    mine = {"counterparty_id": house, "application_id__in": ids}
    for party in (
        ApplicationParty.objects.filter(**mine).select_related("partner").order_by("rank", "id")
    ):
        parts["parties"][party.application_id].append(party)
    for indicator in ProjectIndicator.objects.filter(**mine).order_by("rank", "id"):
        parts["indicators"][indicator.application_id].append(indicator)
    for line in BudgetLine.objects.filter(**mine).order_by("rank", "id"):
        parts["budget"][line.application_id].append(line)
    files = Document.objects.filter(
        counterparty_id=house,
        subject_kind=Application._meta.model_name,
        subject_id__in=ids,
        voided_at__isnull=True,
        derived_from__isnull=True,
    )
    for file in files.order_by("id"):
        parts["files"][file.subject_id].append(file)
    return {
        row.pk: packet_content(
            row, call, {name: rows_[row.pk] for name, rows_ in parts.items()}, is_blind
        )
        for row in rows
    }


def packet_content(
    row: Application, call: Call, parts: Mapping[str, list[Any]], is_blind: bool
) -> dict[str, Any]:
    """{"title", "is_blind", "facts": [[label, text]], "sections": [[heading, text]], "indicators",
    "budget", "team": [[...]], "files": [{"uid", "label", "pages"}], "left_out": n, "version"}."""
    hidden = _names(row, parts["parties"]) if is_blind else []
    files = [one for one in parts["files"] if is_shown(one)]
    content = {
        "title": row.title,
        "is_blind": is_blind,
        "version": row.submitted_version,
        "facts": _facts(row, call, is_blind),
        "sections": [list(one) for one in _sections(call.form, row.answers, is_blind)],
        "indicators": [
            [one.name, one.unit, one.baseline, one.target, one.weight]
            for one in parts["indicators"]
        ],
        "budget": [
            [
                one.line,
                one.unit_price,
                one.quantity,
                one.amount,
                str(one.get_source_display()),
                one.is_management,
            ]
            for one in parts["budget"]
        ],
        "budget_total": row.budget_total,
        "team": _team(parts["parties"], is_blind),
        "files": [
            {
                "uid": str(one.uid),
                "label": _("材料 %(n)d") % {"n": at + 1} if is_blind else one.title,
                "pages": one.pages,
            }
            for at, one in enumerate(files)
        ],
        "left_out": len(parts["files"]) - len(files),
    }
    plain = json.loads(json.dumps(content, cls=DjangoJSONEncoder))
    return _masked(plain, hidden) if is_blind else plain


def _facts(row: Application, call: Call, is_blind: bool) -> list[list[str]]:
    named = {one.get("code"): one.get("name", "") for one in [*call.tracks, *call.themes]}
    facts = [
        (_("赛道"), named.get(row.track, row.track)),
        (_("主题"), named.get(row.theme, row.theme)),
        (_("服务对象"), row.target_group),
        (_("实施期"), f"{row.starts_on or ''} – {row.ends_on or ''}" if row.starts_on else ""),
    ]
    if not is_blind:
        facts = [
            (_("编号"), row.number or ""),
            (_("申报单位"), row.unit_name),
            (_("科室"), row.department.name if row.department else ""),
            *facts,
        ]
    return [[str(label), str(text)] for label, text in facts if text]


def _sections(form: Any, answers: Mapping[str, Any], is_blind: bool) -> Iterator[tuple[str, str]]:
    """The answers in the order of the call's form, each under its field's name."""
    seen = set()
    for field in _fields(form):
        code = field["code"]
        if code in seen or code not in answers:
            continue
        seen.add(code)
        if is_blind and field.get("identifies"):
            continue
        text = answer_words(field, answers[code])
        if text:
            yield str(field.get("label") or field.get("zh") or field.get("name") or code), text


def _fields(form: Any) -> Iterator[Mapping[str, Any]]:
    """Every field of the form, whatever its sections are called: an object with a code and a name."""
    if isinstance(form, Mapping):
        if isinstance(form.get("code"), str) and any(
            form.get(key) for key in ("label", "zh", "name")
        ):
            yield form
        for value in form.values():
            yield from _fields(value)
    elif isinstance(form, list):
        for value in form:
            yield from _fields(value)


def answer_words(field: Mapping[str, Any], value: Any) -> str:
    """A kept answer in words."""
    options = {
        str(one.get("code", one.get("value", ""))): str(
            one.get("name") or one.get("zh") or one.get("label") or ""
        )
        for one in field.get("options") or ()
        if isinstance(one, Mapping)
    }
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return "、".join(options.get(str(one), str(one)) for one in value)
    if isinstance(value, Mapping):
        return "；".join(f"{key}：{one}" for key, one in value.items() if one not in (None, ""))
    return options.get(str(value), str(value).strip()) if value is not None else ""


def _team(parties: Iterable[ApplicationParty], is_blind: bool) -> list[list[str]]:
    """Who works in it; where the review is blind, professions and how many of each."""
    people = [one for one in parties if one.role in ("leader", "member")]
    if not is_blind:
        return [
            [
                one.name,
                str(one.get_role_display()),
                str(one.get_profession_display()),
                one.title,
                one.qualification,
                str(one.fte or ""),
            ]
            for one in people
        ]
    counted = Counter(str(one.get_profession_display()) or "—" for one in people)
    return [[name, str(number)] for name, number in counted.most_common()]


def _names(row: Application, parties: Iterable[ApplicationParty]) -> list[str]:
    """What would tell whose application it is, the longest first."""
    names = {
        row.unit_name,
        row.organization.name,
        row.organization.short_name,
        row.department.name if row.department else "",
        row.leader.display_name if row.leader else "",
        row.number or "",
    }
    for party in parties:
        names |= {party.name}
        if party.partner:
            names |= {party.partner.name, party.partner.short_name}
    return sorted(
        {name.strip() for name in names if name and len(name.strip()) >= SHORTEST_NAME},
        key=lambda name: (-len(name), name),
    )


def _masked(value: Any, names: list[str]) -> Any:
    """The same with every name, telephone number and mail address in any text replaced."""
    if isinstance(value, str):
        for name in names:
            value = value.replace(name, HIDDEN)
        return MAIL.sub(HIDDEN, PHONE.sub(HIDDEN, value))
    if isinstance(value, list):
        return [_masked(one, names) for one in value]
    if isinstance(value, dict):
        return {key: one if key == "uid" else _masked(one, names) for key, one in value.items()}
    return value


def packet_file(uid: Any) -> Document | None:
    """The file behind a packet's entry, for the expert of this transaction; None for every other."""
    return next(iter(Document.objects.raw("SELECT * FROM app.packet_file(%s)", [uid])), None)
