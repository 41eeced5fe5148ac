"""What near relatives may ask about somebody who has died, and what they bring (PIPL 49, Civil Code 1045)."""

from django.utils.translation import gettext_lazy as _

from cases.models.codes import Relation
from cases.models.families import SubjectRequest
from cases.models.people import Client
from cases.models.service_codes import SubjectRequestKind
from departments.models.mechanisms import Document
from msw_portal.kernel.errors import DomainError

LEAST = 5
# The register's "other relative" is not one of them.
NEAR_RELATIVES = frozenset(
    {
        Relation.SPOUSE,
        Relation.FATHER,
        Relation.MOTHER,
        Relation.SON,
        Relation.DAUGHTER,
        Relation.SIBLING,
        Relation.GRANDPARENT,
        Relation.GRANDCHILD,
    }
)
ALLOWED = frozenset(
    {
        SubjectRequestKind.ACCESS,
        SubjectRequestKind.COPY,
        SubjectRequestKind.CORRECT,
        SubjectRequestKind.DELETE,
    }
)
# Both are brought: that the person has died, and who asks. A mandate of the dead person has ended.
PROOFS = (("death_proof", _("死亡证明")), ("relation_proof", _("亲属关系证明")))


def check_asking(client: Client, kind: str, relation: str, interest: str) -> None:
    """Who may ask, for what, and what for.

    Raises:
        DomainError: `subject_request.is_deceased`, `subject_request.not_near_relative` on requester_relation,
            `subject_request.not_after_death` on kind, `subject_request.needs_interest` on interest.
    """
    if client.deceased_on is None:
        return
    if relation == Relation.SELF:
        raise DomainError(
            "subject_request.is_deceased",
            _("档案登记此人已去世，请选择近亲属与其的关系。"),
            "requester_relation",
        )
    if relation not in NEAR_RELATIVES:
        raise DomainError(
            "subject_request.not_near_relative",
            _("去世后由近亲属提出（个人信息保护法第四十九条、民法典第一千零四十五条）。"),
            "requester_relation",
        )
    if kind not in ALLOWED:
        raise DomainError(
            "subject_request.not_after_death",
            _("去世后近亲属可以请求查阅、复制、更正和删除（个人信息保护法第四十九条）。"),
            "kind",
        )
    if len(interest.strip()) < LEAST:
        raise DomainError(
            "subject_request.needs_interest",
            _("请写明近亲属自身的合法、正当利益，至少 5 个字（个人信息保护法第四十九条）。"),
            "interest",
        )


def check_proofs(asked: SubjectRequest) -> None:
    """
    Raises:
        DomainError: `subject_request.needs_death_proofs` on identity_note, naming what is missing.
    """
    if asked.client.deceased_on is None:
        return
    kept = set(Document.objects.of(asked).filter(voided_at=None).values_list("kind", flat=True))
    lacking = [str(label) for kind, label in PROOFS if kind not in kept]
    if lacking:
        raise DomainError(
            "subject_request.needs_death_proofs",
            _("去世后的请求还缺：%(papers)s。") % {"papers": "、".join(lacking)},
            "identity_note",
        )
