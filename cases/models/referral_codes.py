"""The code list of who sends people to the department."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ReferrerProfession(TextChoices):
    """What the sender of a referral is by trade; nothing recorded means nobody said."""

    DOCTOR = "doctor", _("医师")
    NURSE = "nurse", _("护士")
    THERAPIST = "therapist", _("康复、技师")
    SOCIAL_WORKER = "social_worker", _("社工")
    ADMINISTRATOR = "administrator", _("行政")
    FAMILY = "family", _("家属或本人")
    OTHER = "other", _("其他")
