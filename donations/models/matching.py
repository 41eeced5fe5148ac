"""A keyed mark of a person's aid, by which two foundations' requests meet without a name."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donations.models.requests import FundingRequest
from donations.querysets import SheetQuerySet
from msw_portal.kernel.db import PublicRow, Tenanted


class AidMatch(PublicRow, Tenanted):
    """The mark of one request, kept by the hospital while the family's consent to comparing stands.

    `match_hash` is a keyed hash (a key for this purpose alone, the same for all houses) of the
    identity number and the item the aid is for; no house reads another's row, the function
    app.aid_overlap answers with shares and bands. `share` is what was asked of the whole cost when
    it was sent, 0 to 1.
    """

    request = models.OneToOneField(FundingRequest, models.PROTECT, related_name="match")
    match_hash = models.BinaryField(max_length=16, editable=False)
    share = models.DecimalField(_("占费用的比例"), max_digits=5, decimal_places=4)
    consent = models.ForeignKey("cases.Consent", models.PROTECT, related_name="+")

    objects = SheetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="aid_match_share_in_range", condition=Q(share__gte=0, share__lte=1)
            )
        ]
        indexes = [models.Index(fields=["match_hash"], name="aid_match_found")]

    def __str__(self) -> str:
        return str(self.uid)
