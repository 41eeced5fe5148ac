"""Who: users, what they may act as, and the compartments they are named for."""

import datetime as dt

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from departments.querysets import MembershipQuerySet
from msw_portal.kernel.crypto import SealedText
from msw_portal.kernel.db import PublicRow, Row
from msw_portal.kernel.scope import CARE_ROLES, GUEST_ROLES, INSTALLATION


class Role(models.TextChoices):
    WORKER = "worker", _("医务社工")
    ASSISTANT = "assistant", _("社工助理")
    INTERN = "intern", _("实习生")
    SUPERVISOR = "supervisor", _("督导")
    DEPT_HEAD = "dept_head", _("社工部主任")
    CLINICIAN = "clinician", _("医护人员")
    FINANCE = "finance", _("财务")
    OFFICE = "office", _("职能部门")
    FOUNDATION_OFFICER = "foundation_officer", _("基金会经办")
    FOUNDATION_APPROVER = "foundation_approver", _("基金会审批")
    FOUNDATION_CASHIER = "foundation_cashier", _("基金会出纳")
    AUTHORITY_OFFICER = "authority_officer", _("卫健委管理员")
    PARTNER_OFFICER = "partner_officer", _("培育机构经办")
    APPLICANT = "applicant", _("申报人")
    VOLUNTEER_COORDINATOR = "volunteer_coordinator", _("志愿者管理员")
    EXPERT_REVIEWER = "expert_reviewer", _("评审专家")
    VOLUNTEER = "volunteer", _("志愿者")
    EXTERNAL_SUPERVISOR = "external_supervisor", _("外部督导")
    DONOR = "donor", _("捐赠人")
    SYSADMIN = "sysadmin", _("系统管理员")
    SECADMIN = "secadmin", _("安全管理员")
    AUDITOR = "auditor", _("审计管理员")


DUTY_CLASS = {Role.SYSADMIN: 1, Role.SECADMIN: 2, Role.AUDITOR: 3}


def duty_class(role: str) -> int:
    """0 business, 1 system, 2 security, 3 audit: one person never holds two of them at once."""
    return DUTY_CLASS.get(Role(role), 0)


class UserManager(BaseUserManager):
    def get_by_natural_key(self, username: str) -> "User":
        return self.get(username=username)


class User(AbstractBaseUser, PublicRow):
    """One natural person, or the service account of an API client (`is_service`: no password, no sign-in)."""

    username = models.CharField(_("登录名"), max_length=60, unique=True)
    display_name = models.CharField(_("姓名"), max_length=60)
    email = models.EmailField(_("邮箱"), blank=True)
    phone = SealedText(null=True, blank=True)
    preferences = models.JSONField(default=dict, blank=True)
    is_active = models.BooleanField(default=True)
    is_service = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)
    must_change_password = models.BooleanField(default=False)
    session_epoch = models.IntegerField(default=0, editable=False)
    last_seen_at = models.DateTimeField(null=True, blank=True, editable=False)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]
    objects = UserManager()

    # The house a person's own encrypted fields belong to; a person has no tenant.
    organization_id = INSTALLATION
    # Set by departments.services.entering for the length of one transaction.
    acting = None

    class Meta:
        constraints = [
            models.CheckConstraint(name="user_has_name", condition=~Q(display_name="")),
        ]

    def __str__(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name

    get_full_name = get_short_name

    @property
    def role(self) -> str:
        """The role acted in now; empty outside a member's or client's scope."""
        return self.acting.role if self.acting else ""

    @property
    def house_id(self) -> int | None:
        """The organization acted for now."""
        return self.acting.organization_id if self.acting else None

    @property
    def is_staff(self) -> bool:
        """Django's admin is for looking, by the system administrator."""
        return self.role == Role.SYSADMIN

    is_superuser = False

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_staff and perm.rpartition(".")[2].startswith("view_")

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff

    def get_session_auth_hash(self) -> str:
        """Changes with the password and when a role ends, so that Django itself refuses the old sessions."""
        return f"{super().get_session_auth_hash()}{self.session_epoch}"

    def _get_session_auth_hash(self, secret=None) -> str:
        return f"{super()._get_session_auth_hash(secret=secret)}{self.session_epoch}"


class Membership(PublicRow):
    """A role in a house, bounded in time; one of them is active in a session."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    organization = models.ForeignKey(
        "departments.Organization", models.PROTECT, related_name="memberships"
    )
    department = models.ForeignKey(
        "departments.Department", models.PROTECT, null=True, blank=True, related_name="+"
    )
    role = models.CharField(_("角色"), max_length=30, choices=Role.choices)
    duty_class = models.SmallIntegerField(editable=False)
    valid = DateRangeField(_("有效期"))
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    end_reason = models.CharField(max_length=200, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="membership_duties_apart",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("duty_class", RangeOperators.NOT_EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="membership_once_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("organization", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="membership_duty_class_fits",
                condition=Q(role="sysadmin", duty_class=1)
                | Q(role="secadmin", duty_class=2)
                | Q(role="auditor", duty_class=3)
                | (~Q(role__in=["sysadmin", "secadmin", "auditor"]) & Q(duty_class=0)),
            ),
            models.CheckConstraint(
                name="membership_valid_not_empty", condition=Q(valid__isempty=False)
            ),
        ]
        indexes = [models.Index(fields=["organization", "role"], name="membership_org_role")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.organization_id}"

    @property
    def is_guest(self) -> bool:
        return self.role in GUEST_ROLES

    @property
    def may_meet_cases(self) -> bool:
        return self.role in CARE_ROLES


class AccessGrant(Row):
    """Who may enter a compartment: the named persons of a level-5 case, or break-glass for an hour."""

    class Kind(models.TextChoices):
        NAMED = "named", _("指名")
        BREAK_GLASS = "break_glass", _("紧急查阅")
        MDT = "mdt", _("团队共享")

    organization = models.ForeignKey("departments.Organization", models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    compartment_id = models.BigIntegerField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    reason = models.CharField(max_length=300)
    valid = DateTimeRangeField()
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    review_result = models.CharField(max_length=20, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="access_grant_break_glass_is_short",
                condition=~Q(kind="break_glass")
                | Q(
                    valid__upper_inf=False,
                    valid__endswith__lte=F("valid__startswith") + dt.timedelta(minutes=60),
                ),
            ),
            models.CheckConstraint(
                name="access_grant_reason_long_enough",
                condition=GreaterThanOrEqual(Length("reason"), 10),
            ),
            models.CheckConstraint(
                name="access_grant_reviewer_is_another",
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("user")),
            ),
        ]
        indexes = [models.Index(fields=["user", "compartment_id"], name="access_grant_user")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind} {self.compartment_id}"


class ApiClient(models.Model):
    """What an OAuth2 application may do: a service account in one house, with a list of duties and a limit."""

    application = models.OneToOneField(
        "oauth2_provider.Application", models.CASCADE, related_name="api_client"
    )
    organization = models.ForeignKey("departments.Organization", models.PROTECT, related_name="+")
    user = models.OneToOneField(User, models.PROTECT, related_name="api_client")
    membership = models.OneToOneField(Membership, models.PROTECT, related_name="+")
    uid = models.UUIDField(unique=True)
    scopes = models.JSONField(default=list)
    duties = models.JSONField(default=list)
    approve_limit = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    source_addresses = models.JSONField(default=list, blank=True)
    contact = models.CharField(max_length=120, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # The hash of the secret before this one, which still opens until then.
    old_secret = models.CharField(max_length=255, blank=True)
    old_secret_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="api_client_limit_positive",
                condition=Q(approve_limit__isnull=True) | Q(approve_limit__gt=0),
            ),
            models.CheckConstraint(
                name="api_client_old_secret_ends",
                condition=Q(old_secret="") | Q(old_secret_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.uid)
