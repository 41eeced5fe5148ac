"""Who may do what with people, places, clients and the audit: one predicate per verb, no queries."""

from typing import Any

from departments.models.organizations import Department, Organization, OrganizationKind
from departments.models.people import ApiClient, Membership, Role

# Which roles a house of a kind may give; the three administrators exist in every house that signs in.
ADMINISTRATORS = (Role.SECADMIN, Role.AUDITOR)
CARE_HOUSE = (
    Role.WORKER,
    Role.ASSISTANT,
    Role.INTERN,
    Role.SUPERVISOR,
    Role.DEPT_HEAD,
    Role.CLINICIAN,
    Role.FINANCE,
    Role.OFFICE,
    Role.VOLUNTEER_COORDINATOR,
    Role.VOLUNTEER,
    Role.EXTERNAL_SUPERVISOR,
    Role.APPLICANT,
)
GIVING_HOUSE = (
    Role.FOUNDATION_OFFICER,
    Role.FOUNDATION_APPROVER,
    Role.FOUNDATION_CASHIER,
    Role.FINANCE,
    Role.DONOR,
)
# A cultivation partner (培育支持机构) is an association or an agency that trains and supervises projects of others.
PARTNERING = (Role.PARTNER_OFFICER,)
ROLES_OF_KIND: dict[str, tuple[str, ...]] = {
    OrganizationKind.INSTALLATION: (Role.SYSADMIN, *ADMINISTRATORS),
    OrganizationKind.HOSPITAL: (*CARE_HOUSE, *ADMINISTRATORS),
    OrganizationKind.COMMUNITY_HEALTH: (*CARE_HOUSE, *ADMINISTRATORS),
    OrganizationKind.PUBLIC_HEALTH: (*CARE_HOUSE, *ADMINISTRATORS),
    OrganizationKind.AGENCY: (*CARE_HOUSE, *PARTNERING, *ADMINISTRATORS),
    OrganizationKind.FOUNDATION: (*GIVING_HOUSE, *ADMINISTRATORS),
    OrganizationKind.ASSOCIATION: (*GIVING_HOUSE, *PARTNERING, *ADMINISTRATORS),
    OrganizationKind.GOVERNMENT: (Role.AUTHORITY_OFFICER, Role.EXPERT_REVIEWER, *ADMINISTRATORS),
}


REGISTER_KEEPERS = frozenset({Role.DEPT_HEAD, Role.SECADMIN, Role.AUTHORITY_OFFICER, Role.SYSADMIN})


def roles_of(organization_kind: str) -> tuple[str, ...]:
    """The roles that a house of this kind may give; none where nobody signs in."""
    return ROLES_OF_KIND.get(organization_kind, ())


def can_view_staff(user: Any, organization: Organization | None) -> bool:
    """The head and the security administrator see who works in their own house."""
    return user.role in {Role.DEPT_HEAD, Role.SECADMIN} and (
        organization is None or user.house_id == organization.pk
    )


def can_invite_person(user: Any, department: Department | None) -> bool:
    """Accounts are made by the security administrator, for the own house."""
    return user.role == Role.SECADMIN and (
        department is None or department.organization_id == user.house_id
    )


can_give_membership = can_invite_person


def can_end_membership(user: Any, membership: Membership) -> bool:
    """The security administrator of the house ends roles, never the own one."""
    return (
        user.role == Role.SECADMIN
        and membership.organization_id == user.house_id
        and membership.user_id != user.pk
    )


def can_issue_account_code(user: Any, membership: Membership) -> bool:
    """The security administrator of the house helps others in with a one-time code, never oneself."""
    return can_end_membership(user, membership)


def can_keep_account(user: Any, membership: Membership) -> bool:
    """Unlocking, signing out and resetting a second factor: for others of the own house."""
    return can_end_membership(user, membership)


def can_review_accounts(user: Any, record: Any) -> bool:
    return user.role == Role.SECADMIN and (
        record is None or record.organization_id == user.house_id
    )


def can_keep_house_settings(user: Any, setting: Any) -> bool:
    """Whom alarms are mailed to is the security administrator's, of the installation the system's."""
    return user.role in {Role.SECADMIN, Role.SYSADMIN}


def can_keep_registers(user: Any, row: Any) -> bool:
    """Rules, codes and holidays are everybody's: kept by the system administrator."""
    return user.role == Role.SYSADMIN


def can_operate(user: Any, row: Any) -> bool:
    """Queues and mail: states and ids, never what is in them."""
    return user.role == Role.SYSADMIN


def can_keep_departments(user: Any, department: Department | None) -> bool:
    """Departments are kept by the head and the security administrator of the house that manages them.

    Those of public bodies by the system administrator, stations by the officers of their authority.
    """
    return user.role in REGISTER_KEEPERS and (
        department is None or department.managed_by_id == user.house_id
    )


def can_keep_department_file(user: Any, row: Any) -> bool:
    """Money of a year, practice bases and placements: who leads the department or answers for the stations."""
    return (
        user.role in {Role.DEPT_HEAD, Role.AUTHORITY_OFFICER}
        and row.organization_id == user.house_id
    )


def can_export_in_clear(user: Any, model: Any) -> bool:
    """What identifies a person leaves in clear by one role per app: the keeper of accounts, the head of cases,
    and of givers whoever approves, not who writes them down or pays."""
    keeper = {
        "departments": Role.SECADMIN,
        "cases": Role.DEPT_HEAD,
        "volunteers": Role.VOLUNTEER_COORDINATOR,
        "donations": Role.FOUNDATION_APPROVER,
    }.get(model._meta.app_label)
    return keeper is not None and user.role == keeper


def can_keep_organizations(user: Any, organization: Organization | None) -> bool:
    """A body's row is kept by the house that manages it: a tenant's own by itself, public ones by the installation.

    The head and the security administrator write for a house, an authority's officers for theirs,
    the system administrator for the installation (the register is everybody's, as codes are).
    """
    return user.role in REGISTER_KEEPERS and (
        organization is None or organization.managed_by_id == user.house_id
    )


def can_import(user: Any, kind: Any) -> bool:
    """`kind` says which roles bring files of it in; an API client does not."""
    return not user.is_service and user.role in kind.roles


def can_steer_import(user: Any, run: Any) -> bool:
    """Whose file it is, in the house it was brought into."""
    return run.created_by_id == user.pk and run.organization_id == user.house_id


def can_export_listing(user: Any, listing: Any) -> bool:
    """`listing` says which roles take the list out; what stands open by break-glass stays where it is."""
    return not user.is_service and user.acting.glass is None and user.role in listing.roles


def can_view_self_check(user: Any, row: Any) -> bool:
    return user.role in {Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR}


def can_create_api_client(user: Any, organization: Organization | None) -> bool:
    return (
        user.role == Role.SECADMIN
        and (organization is None or user.house_id == organization.pk)
        and not user.acting.is_training
    )


def can_end_api_client(user: Any, client: ApiClient) -> bool:
    return user.role == Role.SECADMIN and client.organization_id == user.house_id


def can_subscribe_calendar(user: Any, link: Any) -> bool:
    """Everybody who works or helps in a house has appointments; the three administrators have none."""
    return (
        user.acting is not None
        and not user.is_service
        and user.role not in {Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR}
    )


def can_view_audit(user: Any, entry: Any) -> bool:
    """The audit is read by the audit administrator of the house whose it is."""
    return user.role == Role.AUDITOR and (entry is None or entry.organization_id == user.house_id)
