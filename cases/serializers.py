"""What the API of stays takes and gives. The rules of each field are those of the columns of a dropped file."""

from typing import Any

from rest_framework import serializers

from cases.services.feeds.delivering import Delivered
from cases.services.feeds.merging import Fate
from cases.services.feeds.reading import COLUMNS
from cases.services.feeds.stays import TAKEN_BACK
from departments.services.importing.values import EMPTY_WORDS, folded
from msw_portal.kernel.errors import DomainError

LONGEST = 200


def _text(words: str, **given: Any) -> serializers.CharField:
    given = {"required": False, "allow_blank": True, "max_length": LONGEST, **given}
    return serializers.CharField(help_text=words, **given)


def _fact(words: str, **given: Any) -> serializers.CharField:
    return _text(f"{words} null takes back what was said before.", allow_null=True, **given)


class DeliveryInput(serializers.Serializer):
    """One stay as the hospital's system knows it. What is left out is not said."""

    source_time = _text(
        "When the system knew this: ISO 8601, of Asia/Shanghai without an offset. "
        "What was known later wins, whatever arrives first.",
        required=True,
        allow_blank=False,
    )
    hospital = _text(
        "uid, code, credit code or name of the hospital; another than the client's is refused."
    )
    visit_no = _text(
        "The system's number of this stay within the record (住院次数). With it a corrected day of "
        "admission moves the stay; without it another day is another stay.",
        max_length=40,
    )
    name = _text("Needed the first time a record is sent.", max_length=60)
    sex = _text("GB/T 2261.1: 0, 1, 2, 9; or 男, 女.")
    birth_date = _text("YYYY-MM-DD; `不详` where nobody knows. An identity number says it itself.")
    id_type = _text("Code or Chinese name; 居民身份证 where it is left out.")
    id_no = _text("The document's number.", max_length=60)
    phone = _text("The person's telephone; kept for a new person only.", max_length=60)
    address = _text("Kept for a new person only.")
    visit_type = _text(
        "`inpatient`, `outpatient`, ... or the Chinese word; inpatient where left out."
    )
    ward = _fact(
        "Name of a ward or clinical department that the portal lists as running.", max_length=80
    )
    bed = _fact("The bed.", max_length=20)
    doctor = _fact("The doctor in charge.", max_length=60)
    insurance = _fact("Code or Chinese name.")
    admitted_on = _fact("Day of admission, YYYY-MM-DD.")
    operation_no = _text("Which operation of the stay; 1 where it is left out.", max_length=20)
    operation_planned_on = _fact("Planned day of the operation.")
    operation_on = _fact("Day on which the operation was done.")
    discharged_on = _fact("Day of discharge.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The values that the services take: `reading.COLUMNS` reads every text."""
        readers = {column.name: column.read for column in COLUMNS}
        values, faults = {}, {}
        for name, typed in attrs.items():
            try:
                if typed is None:
                    values[name] = TAKEN_BACK
                elif folded(typed).casefold() not in EMPTY_WORDS:
                    values[name] = readers[name](typed)
            except DomainError as error:
                faults[name] = [str(error.message)]
        if faults:
            raise serializers.ValidationError(faults)
        return values


class DeliveryAnswer(serializers.Serializer):
    """What became of a delivery."""

    uid = serializers.UUIDField(help_text="The stay in the portal.")
    outcome = serializers.ChoiceField(
        choices=["created", "changed", "known"],
        help_text="known: nothing was new; a repetition answers so.",
    )
    is_new_person = serializers.BooleanField()
    changed = serializers.ListField(child=serializers.CharField(), help_text="Facts written now.")
    kept = serializers.ListField(
        child=serializers.CharField(),
        help_text="Facts that a person wrote otherwise; theirs stay.",
    )
    older = serializers.ListField(
        child=serializers.CharField(), help_text="Facts of which something newer was heard before."
    )


def answer_json(done: Delivered) -> dict[str, Any]:
    """The body of an answer."""
    return {
        "uid": str(done.stay.uid),
        "outcome": done.outcome,
        "is_new_person": done.is_new_person,
        "changed": done.facts(Fate.CHANGED),
        "kept": done.facts(Fate.KEPT),
        "older": done.facts(Fate.OLDER),
    }
