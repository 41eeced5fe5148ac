"""Opening a file is an event when somebody else than the case's own people does it."""

from cases.models.casework import Case
from cases.models.people import Client
from cases.permissions import by_glass, can_view_case, can_view_client
from departments import audit
from departments.models.people import User
from msw_portal.kernel.access import require


def case_opened(*, case: Case, by: User) -> None:
    """Note that the case page was opened: always at level 5, else for head and supervisor.

    Its worker and members open it daily; for them only what they change is noted.
    """
    require(can_view_case, by, case)
    if by_glass(by, case):
        return  # noted as a reading under break-glass, wherever a part of it is opened
    is_own = by.role not in {"dept_head", "supervisor"}
    if is_own and case.compartment_id is None:
        return
    audit.record("case.open_file", by=by, on=case, stage=case.stage, secrecy=case.secrecy)


def client_opened(*, client: Client, is_own: bool, by: User) -> None:
    """Note that somebody's page was opened by who works on no case of theirs, or leads those who do.

    `is_own` says that the reader may open a case of the person.
    """
    require(can_view_client, by, client)
    if is_own and by.role not in {"dept_head", "supervisor"}:
        return
    audit.record("client.open_file", by=by, on=client)
