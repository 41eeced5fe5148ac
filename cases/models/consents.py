"""What a person agreed to, and the frozen copies that left the house under it."""

import hashlib

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case
from cases.models.codes import (
    ConsentKind,
    ConsentMethod,
    DisclosureLevel,
    GuardianProof,
    LegalBasis,
    Relation,
)
from cases.models.people import Client
from cases.querysets import (
    ConsentQuerySet,
    ConsentTemplateQuerySet,
    DisclosureDocumentQuerySet,
    DisclosureQuerySet,
)
from cases.workflow import ConsentState
from msw_portal.kernel.crypto import SealedJSON, SealedText
from msw_portal.kernel.db import PublicRow, Row, Subject, Tenanted


class ConsentTemplate(PublicRow, Tenanted):
    """A text of the house; once published it never changes, a new version is a new row."""

    kind = models.CharField(_("同意种类"), max_length=30, choices=ConsentKind.choices)
    version = models.IntegerField(default=1)
    language = models.CharField(max_length=10, default="zh-hans")
    title = models.CharField(_("标题"), max_length=120)
    text = models.TextField(_("正文"))
    text_hash = models.BinaryField(max_length=32)
    items = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    needs_guardian_below = models.SmallIntegerField(null=True, blank=True, default=14)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = ConsentTemplateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="consent_template_version_once",
                fields=["organization", "kind", "language", "version"],
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"

    @staticmethod
    def hash_of(text: str) -> bytes:
        """SHA-256 of the text as signed."""
        return hashlib.sha256(text.encode()).digest()


class Consent(PublicRow, Tenanted):
    """One purpose, one recipient, one signature; withdrawn by a date, never deleted.

    `case` is null for what concerns the person as a whole.
    """

    compartment_id = models.BigIntegerField(null=True, editable=False)
    client = models.ForeignKey(Client, models.PROTECT, related_name="consents")
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="consents")
    kind = models.CharField(_("同意种类"), max_length=30, choices=ConsentKind.choices)
    template = models.ForeignKey(ConsentTemplate, models.PROTECT, related_name="+")
    text_hash = models.BinaryField(max_length=32)
    purpose = models.CharField(_("目的"), max_length=120)
    items = ArrayField(
        models.CharField(max_length=40), verbose_name=_("信息范围"), default=list, blank=True
    )
    recipient = models.ForeignKey(
        "departments.Organization",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("接收方"),
    )
    # A body that stands in no register, by the name it was read out under.
    recipient_text = models.CharField(_("接收方（名录外）"), max_length=120, blank=True)
    legal_basis = models.CharField(
        _("处理依据"), max_length=20, choices=LegalBasis.choices, default=LegalBasis.CONSENT
    )
    signer = SealedText(_("签署人"), pad=True)
    signer_relation = models.CharField(_("与服务对象关系"), max_length=20, choices=Relation.choices)
    guardian_proof = models.CharField(
        _("监护关系证明"), max_length=20, choices=GuardianProof.choices, blank=True
    )
    method = models.CharField(_("签署方式"), max_length=20, choices=ConsentMethod.choices)
    witness = SealedText(_("见证人"), null=True, blank=True, pad=True)
    evidence = models.ForeignKey(
        "departments.Document", models.PROTECT, null=True, blank=True, related_name="+"
    )
    signature = models.ForeignKey(
        "departments.Signature", models.PROTECT, null=True, blank=True, related_name="+"
    )
    signed_at = models.DateTimeField(_("签署时间"))
    valid_to = models.DateField(_("有效期至"), null=True, blank=True)
    notice_due_at = models.DateTimeField(_("告知期限"), null=True, blank=True)
    notice_given_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(
        _("撤回人"), max_length=20, choices=Relation.choices, blank=True
    )
    # The new signature that was due (at 14, at 18) did not come: nothing rests on this one any more.
    lapsed_at = models.DateTimeField(null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)
    superseded_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="supersedes"
    )

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="consent_share_names_recipient",
                condition=~Q(kind="share_to_org")
                | Q(recipient__isnull=False)
                | ~Q(recipient_text=""),
            ),
            models.CheckConstraint(
                name="consent_vital_interest_has_notice",
                condition=~Q(legal_basis="vital_interest") | Q(notice_due_at__isnull=False),
            ),
            models.CheckConstraint(
                name="consent_withdrawn_names_who",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by="")
                | Q(withdrawn_at__isnull=False) & ~Q(withdrawn_by=""),
            ),
            models.CheckConstraint(
                name="consent_withdrawn_after_signing",
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("signed_at")),
            ),
            models.CheckConstraint(
                name="consent_kind_known", condition=Q(kind__in=ConsentKind.values)
            ),
            models.CheckConstraint(
                name="consent_signed_unless_other_basis",
                condition=~Q(method="not_asked") | ~Q(legal_basis="consent"),
            ),
            models.UniqueConstraint(
                name="consent_one_live_per_purpose",
                fields=[
                    "organization",
                    "client",
                    "kind",
                    "recipient",
                    "recipient_text",
                    "purpose",
                ],
                condition=Q(withdrawn_at__isnull=True, superseded_at__isnull=True),
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(fields=["client", "kind"], name="consent_client"),
            models.Index(fields=["case", "kind"], name="consent_case"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.client_id}"

    @property
    def state(self) -> str:
        """Read from the dates: withdrawn, superseded, expired (lapsed, or after `valid_to`) or given."""
        if self.withdrawn_at:
            return ConsentState.WITHDRAWN
        if self.superseded_at:
            return ConsentState.SUPERSEDED
        if self.lapsed_at or (self.valid_to and self.valid_to < timezone.localdate()):
            return ConsentState.EXPIRED
        return ConsentState.GIVEN

    def get_state_display(self) -> str:
        return ConsentState(self.state).label

    @property
    def is_live(self) -> bool:
        return self.state == ConsentState.GIVEN


class Disclosure(PublicRow, Tenanted, Subject):
    """A frozen, minimal copy for one recipient; withdrawing the consent empties it.

    `payload` holds exactly the keys of `fields`; `payload_hash` stays as the proof of what was shown.
    """

    recipient = models.ForeignKey(
        "departments.Organization", models.PROTECT, null=True, blank=True, related_name="+"
    )
    recipient_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    link = models.ForeignKey(
        "departments.AccessLink", models.PROTECT, null=True, blank=True, related_name="+"
    )
    consent = models.ForeignKey(
        Consent, models.PROTECT, null=True, blank=True, related_name="disclosures"
    )
    level = models.CharField(max_length=10, choices=DisclosureLevel.choices)
    version = models.IntegerField(default=1)
    fields = ArrayField(models.CharField(max_length=40), default=list)
    payload = SealedJSON(null=True)
    payload_hash = models.BinaryField(max_length=32)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    read_count = models.IntegerField(default=0, editable=False)

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="disclosure_one_recipient",
                condition=Q(recipient__isnull=False, recipient_user__isnull=True, link__isnull=True)
                | Q(recipient__isnull=True, recipient_user__isnull=False, link__isnull=True)
                | Q(recipient__isnull=True, recipient_user__isnull=True, link__isnull=False),
            ),
            models.CheckConstraint(
                name="disclosure_withdrawn_is_empty",
                condition=Q(withdrawn_at__isnull=True, payload__isnull=False)
                | Q(withdrawn_at__isnull=False, payload__isnull=True),
            ),
            models.UniqueConstraint(
                name="disclosure_version_once",
                fields=["organization", "subject_kind", "subject_id", "level", "version"],
            ),
        ]
        indexes = [
            models.Index(
                fields=["recipient", "subject_kind", "subject_id"], name="disclosure_recipient"
            ),
            models.Index(fields=["consent"], name="disclosure_consent"),
        ]

    def __str__(self) -> str:
        return f"{self.level} v{self.version}"


class DisclosureDocument(Row, Tenanted):
    """A masked copy of a file that goes with a disclosure; who reads it follows the disclosure."""

    disclosure = models.ForeignKey(Disclosure, models.CASCADE, related_name="documents")
    document = models.ForeignKey("departments.Document", models.PROTECT, related_name="+")
    recipient_id = models.BigIntegerField(null=True, editable=False)
    recipient_user_id = models.BigIntegerField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    expires_at = models.DateTimeField(null=True, editable=False)

    objects = DisclosureDocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="disclosure_document_once", fields=["disclosure", "document"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.disclosure_id} {self.document_id}"
