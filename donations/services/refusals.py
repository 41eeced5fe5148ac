"""What the law does not let a charity accept or do with a gift, each with its article."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from departments.models.mechanisms import Document
from donations.models.donors import DonorProfile
from donations.models.giving import Donation, Donor
from donations.services.related import is_related
from msw_portal.kernel.errors import DomainError

# The paper by which a state-owned enterprise was allowed to give (Charity Law 43).
APPROVAL = "soe_approval"
# What somebody may bring as a gift, and why all but the first are none.
NATURES: dict[str, Any] = {
    "donation": _("自愿、无偿的捐赠"),
    "benefit": _("有回报、有对价的出资"),
    "sponsorship": _("赞助（换取广告、冠名等宣传）"),
    "pooled": _("集资、摊派、代收代付的款项"),
    "medical": _("医疗服务收入或其他业务收入"),
}
# 财综〔2010〕112号: rules for the uniform donation voucher; what may not be taken with one stands in art. 8.
WHY_NOT: dict[str, Any] = {
    "benefit": _(
        "与出资人利益相关、有对价的款物不是捐赠，不能登记，也不开捐赠票据（《公益事业捐赠法》第四条、《公益事业捐赠票据使用管理暂行办法》第八条）。"
    ),
    "sponsorship": _(
        "赞助以宣传为回报，不是捐赠，不能登记，也不开捐赠票据（《公益事业捐赠票据使用管理暂行办法》第八条）。"
    ),
    "pooled": _(
        "集资、摊派和代收代付的款项不是捐赠，不能登记（《公益事业捐赠法》第四条、《公益事业捐赠票据使用管理暂行办法》第八条）。"
    ),
    "medical": _(
        "医疗服务收入应开医疗收费票据，不是捐赠，不能登记（《公益事业捐赠票据使用管理暂行办法》第八条）。"
    ),
}


def check_nature(nature: str) -> None:
    """Refuse what is no gift.

    Raises:
        DomainError: `donation.not_a_gift.<nature>` on field `nature`, with the article.
    """
    if nature in WHY_NOT:
        raise DomainError(f"donation.not_a_gift.{nature}", WHY_NOT[nature], "nature")


def check_beneficiaries(*, organization_id: int, text: str, donor: Donor | None) -> None:
    """Refuse a class of beneficiaries that is the name of a related party.

    Raises:
        DomainError: `donation.related_party` on field `beneficiary_class`.
    """
    if text and is_related(organization_id=organization_id, name=text, donor=donor):
        raise DomainError(
            "donation.related_party",
            _("指定的受益人是利害关系人，不能指定（《慈善法》第四十条）。"),
            "beneficiary_class",
        )


def check_papers(donation: Donation) -> None:
    """A state-owned enterprise gives with its approval in hand.

    Raises:
        DomainError: `donation.needs_approval`.
    """
    if not DonorProfile.objects.filter(donor_id=donation.donor_id, is_state_owned=True).exists():
        return
    if not approvals(donation).exists():
        raise DomainError(
            "donation.needs_approval",
            _("国有企业捐赠要有批准或备案文件，请先上传（《慈善法》第四十三条）。"),
        )


def approvals(donation: Donation) -> Any:
    """The approvals of a gift that stand."""
    papers = Document.objects.filter(
        organization_id=donation.organization_id,
        subject_kind="donation",
        subject_id=donation.pk,
        kind=APPROVAL,
    )
    return papers.filter(voided_at__isnull=True)
