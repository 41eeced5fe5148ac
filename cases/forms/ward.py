"""A contact from the ward: three taps, a sentence if there is time, the story within the day."""

import uuid
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.forms.contacts import ContactForm
from cases.forms.fields import Story
from cases.models.codes import ContactMode, ContactTarget, NeedCategory

# What a round is made of stands first; the rest behind one more tap.
FIRST_MODES = (
    ContactMode.WARD_VISIT,
    ContactMode.INTERVIEW,
    ContactMode.FAMILY_MEETING,
    ContactMode.ESCORT,
    ContactMode.PHONE,
    ContactMode.MDT,
)
WARD_MINUTES = (10, 15, 20, 30, 45, 60)


class WardForm(ContactForm):
    """F5 as it comes from a phone: the same fields and rules; the taps stand for facts not yet told."""

    facts = Story(label=_("过程与事实"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["entry_key"] = self._entry_key(cleaned.get("once", ""))
        if not cleaned.get("facts", "").strip() and not self.errors:
            cleaned["facts"] = _taps_in_words(cleaned)
        return cleaned

    def _entry_key(self, once: str) -> uuid.UUID | None:
        try:
            return uuid.UUID(once)
        except ValueError:
            self.add_error(None, _("这一条没有编号，请重新记一次。"))
            return None


def _taps_in_words(cleaned: dict[str, Any]) -> str:
    """What is known from the taps alone, in the language of the file."""
    with translation.override(settings.LANGUAGE_CODE):
        said = {
            "mode": ContactMode(cleaned["mode"]).label,
            "target": ContactTarget(cleaned["target"]).label,
            "minutes": cleaned["minutes"],
            "needs": "、".join(str(NeedCategory(code).label) for code in cleaned["needs"]),
        }
        if not cleaned["needs"]:
            return gettext("床旁速记：%(mode)s，%(target)s，%(minutes)s 分钟。过程待补写。") % said
        return (
            gettext("床旁速记：%(mode)s，%(target)s，%(minutes)s 分钟，涉及%(needs)s。过程待补写。")
            % said
        )
