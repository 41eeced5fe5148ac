"""Rules an installation sets as dated rows: passwords, idle accounts, alarms, retention. Without a row, the defaults here."""

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from departments.models.organizations import DatedRule, Organization

PASSWORD, ACCOUNT, ALARM, RETENTION = "password", "account", "alarm", "retention"
DRAFT, EXPORT = "draft", "export_limit"
POVERTY, RISK = "poverty_line", "risk_trigger"
Rule = TypeVar("Rule")


@dataclass(frozen=True)
class PasswordPolicy:
    """`classes` of 4 (capital, small, digit, other), `history` passwords not used again; 0 asks for nothing."""

    min_length: int = 10
    admin_min_length: int = 10
    classes: int = 0
    history: int = 0
    max_age_days: int = 0

    def words(self) -> str:
        """The policy in one sentence, for the field where a password is chosen."""
        parts = [_("至少 %(n)s 个字符") % {"n": self.min_length}]
        if self.admin_min_length != self.min_length:
            parts.append(_("管理员至少 %(n)s 个") % {"n": self.admin_min_length})
        parts.append(
            _("大写、小写、数字、符号四类中至少 %(n)s 类") % {"n": self.classes}
            if self.classes
            else _("不限种类；越长越好，不要用常见的词")
        )
        if self.history:
            parts.append(_("不能与最近 %(n)s 次用过的相同") % {"n": self.history})
        if self.max_age_days:
            parts.append(_("%(n)s 天后须更换") % {"n": self.max_age_days})
        return _("，").join(parts) + _("。")


# ASVS 5.0, 6.2: length, no composition rule, no forced rotation. GB/T 22239-2019, 8.1.4.1 a: as assessors read it.
ASVS = PasswordPolicy()
MLPS = PasswordPolicy(10, 12, 3, 5, 90)
STANDARDS: dict[str, tuple[str | Promise, PasswordPolicy, str, str]] = {
    "asvs": (gettext_lazy("ASVS：只看长度，不强制更换"), ASVS, "ASVS 5.0 6.2", "OWASP ASVS 5.0.0"),
    "mlps": (
        gettext_lazy("等保习惯：四类取三、不重复最近 5 次、90 天更换"),
        MLPS,
        "8.1.4.1 a",
        "GB/T 22239-2019",
    ),
}


@dataclass(frozen=True)
class AccountRule:
    """Accounts nobody signs in to end after `idle_days`; the person is told `notice_days` before."""

    idle_days: int = 90
    notice_days: int = 14
    review_months: int = 3


@dataclass(frozen=True)
class AlarmRule:
    """How many of one person's events within an hour, or of one address's at the doors, raise an alarm."""

    failed_sign_ins: int = 5
    failed_by_address: int = 20
    missing_rows: int = 10
    refusals: int = 10
    exports: int = 5


@dataclass(frozen=True)
class RetentionRule:
    """How long records are kept at least; what each number is for stands in services/retention.py.

    `request_years` is for what was done about a person's own request; 0 years is for good.
    """

    inpatient_years: int = 30
    outpatient_years: int = 15
    mental_years: int = 30
    agency_years: int = 5
    minor_years: int = 5  # after the 18th birthday
    sealed_years: int = 3
    sharing_years: int = 3
    request_years: int = 3
    assessment_years: int = 3
    voucher_years: int = 30
    receipt_years: int = 5
    volunteer_years: int = 0
    project_years: int = 30
    log_months: int = 6
    untaken_years: int = 3  # as long as a claim can be raised (Civil Code 188)
    applicant_years: int = 1
    person_years: int = 3  # since the last thing written of them


@dataclass(frozen=True)
class DraftRule:
    """What was typed and not sent is cleared away `keep_days` after its last save; the writer sees it coming `notice_days` before."""

    keep_days: int = 90
    notice_days: int = 14


@dataclass(frozen=True)
class ExportRule:
    """How many files one person takes out in a day, and how many of them with who is who in clear."""

    per_day: int = 50
    in_clear_per_day: int = 10


@dataclass(frozen=True)
class RiskRule:
    """From how many points of the 0 to 10 distress scale on a risk alert is raised."""

    distress: int = 10


@dataclass(frozen=True)
class PovertyLine:
    """The subsistence line of a place: yuan for a person and month, the margin in percent of it, and its rule."""

    monthly_yuan: int
    margin_percent: int
    place: str
    since: dt.date | None
    source: str


def rule_in_force(kind: str, on: dt.date | None = None) -> DatedRule | None:
    """The row of `kind` for everywhere on a day (today)."""
    day = on or timezone.localdate()
    rows = DatedRule.objects.filter(kind=kind, applies_key="", region__isnull=True)
    return rows.filter(valid__contains=day).first()


def rule_for(
    kind: str, key: str, *, region: int | None = None, on: dt.date | None = None
) -> DatedRule | None:
    """The row of `kind` for one case (`applies_key`) on a day: of the region, its prefecture or province, else of everywhere."""
    rows = DatedRule.objects.filter(
        kind=kind, applies_key=key, valid__contains=on or timezone.localdate()
    )
    places = {region, region // 100 * 100, region // 10000 * 10000} if region else set()
    found = {
        row.region_id: row
        for row in rows.select_related("region")
        if row.region_id is None or row.region_id in places
    }
    # The narrowest place has the greatest code: 110102 before 110100 before 110000.
    return found[max(found, key=lambda code: code or 0)] if found else None


def password_policy(on: dt.date | None = None) -> PasswordPolicy:
    """The password policy of the installation on a day."""
    return _made(PasswordPolicy, rule_in_force(PASSWORD, on))


def account_rule(on: dt.date | None = None) -> AccountRule:
    return _made(AccountRule, rule_in_force(ACCOUNT, on))


def alarm_rule(on: dt.date | None = None) -> AlarmRule:
    return _made(AlarmRule, rule_in_force(ALARM, on))


def draft_rule(on: dt.date | None = None) -> DraftRule:
    return _made(DraftRule, rule_in_force(DRAFT, on))


def export_rule(on: dt.date | None = None) -> ExportRule:
    return _made(ExportRule, rule_in_force(EXPORT, on))


def retention_rule(on: dt.date | None = None) -> RetentionRule:
    """How long records are kept, by the rule of a day: what changes is kept as the newer rule says."""
    return _made(RetentionRule, rule_in_force(RETENTION, on))


def risk_rule(house: int, on: dt.date | None = None) -> RiskRule:
    """What raises an alert in a house on a day, by the rule of its place."""
    return _made(RiskRule, rule_for(RISK, "", region=region_of(house), on=on))


def poverty_line(region: int | None, on: dt.date | None = None) -> PovertyLine | None:
    """The line of a place on a day, or of the narrowest place around it that has one; None where nobody entered it."""
    row = rule_for(POVERTY, "", region=region, on=on)
    yuan = row.params.get("monthly_yuan") if row else None
    if row is None or not isinstance(yuan, int):
        return None
    margin = row.params.get("margin_percent")
    return PovertyLine(
        yuan,
        margin if isinstance(margin, int) else 150,
        row.region.name if row.region else "",
        row.first_day,
        row.source,
    )


def region_of(house: int) -> int | None:
    """Where a house is."""
    return Organization.objects.filter(pk=house).values_list("region_id", flat=True).first()


def standard_of(policy: PasswordPolicy) -> str:
    """Which of STANDARDS a policy is; "" for one of its own."""
    return next((name for name, known in STANDARDS.items() if known[1] == policy), "")


def params_of(policy: PasswordPolicy) -> dict[str, int]:
    """What a dated rule of kind `password` holds."""
    return asdict(policy)


def _made(shape: type[Rule], row: DatedRule | None) -> Rule:
    """The rule of a row; a number that is not there or not a whole one keeps its default."""
    known: dict[str, Any] = {}
    for name in shape.__dataclass_fields__:
        value = row.params.get(name) if row else None
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            known[name] = value
    return shape(**known)
