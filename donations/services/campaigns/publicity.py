"""What anybody may read of a campaign, and the two counts of its public page that keep nobody."""

from dataclasses import dataclass

from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from departments.models.publishing import EntryKind, PublicEntry
from departments.services.public_face import MOST_LINES, Line, Part
from donations.charity_workflow import CampaignState
from donations.models.campaigns import Campaign
from donations.models.giving import CharityProfile
from donations.services.campaigns.checking import platform_names
from donations.services.campaigns.telling import DIFFERENCE, plan_facts, plan_sections
from msw_portal.kernel.scope import scope


@dataclass(frozen=True)
class PublicCampaign:
    """A published campaign as its page shows it; nothing of it is about a person but who is in charge."""

    slug: str
    title: str
    charity: str
    state: str
    state_label: str
    is_open: bool
    facts: list[tuple[str, str]]
    sections: list[tuple[str, str]]
    links: list[tuple[str, str]]
    raised: object
    closing_words: str
    difference_words: str
    entry_slug: str
    bank_accounts: str


def campaign_public(slug: str) -> PublicCampaign | None:
    """The published campaign behind an address; None for every other. Opens scopes of its own."""
    with scope():
        house = (
            Campaign.objects.filter(slug=slug, published_at__isnull=False)
            .values_list("organization_id", flat=True)
            .first()
        )
    if house is None:
        return None
    with scope(org=house, role="system"):
        row = Campaign.objects.select_related("organization", "licensed_org").get(slug=slug)
        return _shown(row)


def _difference(entry: PublicEntry | None) -> str:
    """Why the total of the account is not what the books have, as it was published; "" where it is."""
    sections = entry.payload.get("sections", []) if entry else []
    return next((one["text"] for one in sections if one["heading"] == DIFFERENCE), "")


def _shown(row: Campaign) -> PublicCampaign:
    profile = CharityProfile.objects.filter(organization_id=row.organization_id).first()
    entry = (
        PublicEntry.objects.filter(
            organization_id=row.organization_id, subject_kind="campaign", subject_id=row.pk
        )
        .order_by("-version")
        .first()
    )
    today = timezone.localdate()
    is_open = row.state == CampaignState.RUNNING and today <= row.ends_on
    return PublicCampaign(
        slug=row.slug,
        title=row.title,
        charity=(row.licensed_org or row.organization).name,
        state=row.state,
        state_label=row.get_state_display(),
        is_open=is_open,
        facts=plan_facts(row),
        sections=plan_sections(row),
        links=_platforms(row) if is_open else [],
        raised=row.raised,
        closing_words=row.closing_words,
        difference_words=_difference(entry),
        entry_slug=entry.slug if entry else "",
        bank_accounts=profile.bank_accounts if profile else "",
    )


def _platforms(row: Campaign) -> list[tuple[str, str]]:
    """Code and name of the designated platforms the campaign has a page on."""
    names = platform_names(timezone.localdate())
    held = [code for code in row.platforms if row.platform_urls.get(code)]
    return [(code, names[code]) for code in held if code in names]


def platform_address(slug: str, platform: str) -> str | None:
    """Where a running campaign's page on a platform is; None when there is none."""
    with scope():
        row = Campaign.objects.filter(
            slug=slug, published_at__isnull=False, state=CampaignState.RUNNING
        ).first()
        known = dict(_platforms(row)) if row else {}
    return row.platform_urls.get(platform) if row and platform in known else None


def campaign_seen(slug: str, *, is_support: bool) -> None:
    """One more for today: somebody opened the page, or went on to the platform. No person, address or cookie."""
    with scope(), connection.cursor() as cursor:
        cursor.execute("SELECT app.campaign_seen(%s, %s)", [slug, is_support])


def campaigns_running() -> Part:
    """The campaigns that take gifts today, for the front page."""
    today = timezone.localdate()
    with scope():
        rows = list(
            Campaign.objects.filter(
                published_at__isnull=False,
                state=CampaignState.RUNNING,
                starts_on__lte=today,
                ends_on__gte=today,
                organization__is_training=False,
            )
            .select_related("organization")
            .order_by("ends_on", "pk")[:MOST_LINES]
        )
    return Part(
        "campaigns",
        _("正在进行的募捐"),
        _("由有公开募捐资格的慈善组织发起并备案；捐款只进慈善组织的账户。"),
        [
            Line(
                row.title,
                reverse("campaign_public:page", args=[row.slug]),
                gettext("%(house)s · 至 %(day)s")
                % {"house": row.organization.name, "day": f"{row.ends_on:%Y-%m-%d}"},
            )
            for row in rows
        ],
    )


def funds_published() -> Part:
    """The newest published accounts of funds, for the front page."""
    with scope():
        rows = list(
            PublicEntry.objects.public()
            .newest()
            .filter(kind__in=(EntryKind.FUND, EntryKind.YEAR))
            .select_related("organization")
            .defer("payload")
            .order_by("-visible_from", "-id")[:MOST_LINES]
        )
    return Part(
        "funds",
        _("基金的收支与余额"),
        _("各慈善组织公布的基金和年度收支，余额来自账本。"),
        [
            Line(
                row.title,
                reverse("public:entry", args=[row.slug]),
                f"{row.organization.name} · {row.visible_from:%Y-%m-%d}",
            )
            for row in rows
        ],
    )
