"""The four consents of a request: what is signed, what is not, and where to sign it."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models.casework import Case
from cases.models.codes import ConsentKind
from cases.models.consents import Consent, ConsentTemplate
from departments.models.organizations import Organization
from departments.models.people import User
from donations.views.wording import joined
from msw_portal.kernel.display import moment, when

# Process, telling this foundation, public notice, publicity: four signatures, the last two at will (PIPL 23, 25).
FOUR = (
    (ConsentKind.SERVICE, gettext_lazy("办理救助（服务同意）"), True),
    (ConsentKind.SHARE_TO_ORG, gettext_lazy("向这家基金会提供信息"), True),
    (ConsentKind.PUBLIC_NOTICE, gettext_lazy("救助公示（脱敏）"), False),
    (ConsentKind.PHOTO_PUBLICITY, gettext_lazy("宣传与照片"), False),
)


def consents_of(user: User, case: Case) -> list[Consent]:
    """The person's consents of the four kinds that bear on this case, newest first."""
    rows = Consent.objects.visible_to(user).filter(
        client__root_id=case.client.root_id,
        kind__in=[kind for kind, _label, _must in FOUR],
        superseded_at__isnull=True,
    )
    return [
        one
        for one in rows.select_related("recipient").order_by("-signed_at", "-id")
        if one.case_id in (None, case.pk)
    ]


def live_share(consents: Iterable[Consent], foundation: Organization) -> Consent | None:
    """The live consent to tell this foundation."""
    shares = (
        one
        for one in consents
        if one.kind == ConsentKind.SHARE_TO_ORG and one.recipient_id == foundation.pk
    )
    return next((one for one in shares if one.is_live), None)


def consent_rows(
    user: User, case: Case, foundation: Organization, consents: list[Consent]
) -> list[dict[str, Any]]:
    """The four as lines of a list, with the page where a missing one is signed."""
    texts = dict(ConsentTemplate.objects.visible_to(user).in_use().values_list("kind", "uid"))
    return [
        _row(kind, label, must, case, foundation, consents, texts) for kind, label, must in FOUR
    ]


def _row(
    kind: str,
    label: Any,
    must: bool,
    case: Case,
    foundation: Organization,
    consents: list[Consent],
    texts: dict[str, Any],
) -> dict[str, Any]:
    mine = [one for one in consents if one.kind == kind and _concerns(one, foundation)]
    live = next((one for one in mine if one.is_live), None)
    row = {"kind": kind, "label": label, "is_given": live is not None, "is_required": must}
    if live is not None:
        return row | {"url": "", "state": _("有效"), "tone": "accent", "words": _signed(live)}
    words = _("送出前必须有") if must else _("不签不影响申请")
    if kind == ConsentKind.SHARE_TO_ORG:
        words = _("接收方须写明 %(name)s；送出前必须有") % {"name": foundation.name}
    page = reverse("cases:consent_new", args=[case.uid])
    return row | {
        "url": f"{page}?template={texts[kind]}" if kind in texts else page,
        "action": _("去签署"),
        "state": mine[0].get_state_display() if mine else _("未签署"),
        "tone": "warn" if must else "",
        "words": words,
    }


def _concerns(consent: Consent, foundation: Organization) -> bool:
    """A consent to tell somebody names whom; the others concern nobody in particular."""
    return consent.kind != ConsentKind.SHARE_TO_ORG or consent.recipient_id == foundation.pk


def _signed(consent: Consent) -> str:
    who = {"who": consent.get_signer_relation_display(), "at": when(consent.signed_at)}
    items = _("含 %(n)d 项信息") % {"n": len(consent.items)} if consent.items else ""
    until = _("至 %(day)s") % {"day": moment(consent.valid_to)} if consent.valid_to else ""
    return joined([_("%(who)s签署 %(at)s") % who, items, until])
