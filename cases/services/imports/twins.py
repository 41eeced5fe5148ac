"""Lines of one file that speak of one person, or contradict each other about who it is."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.services.people import folded
from departments.services.importing.kinds import Line
from msw_portal.kernel.identifiers import bare


class Twins:
    """Looks at the lines of a whole file, one after the other, and refuses the later one of two that clash."""

    def __init__(self) -> None:
        self._documents: dict[str, Line] = {}
        self._records: dict[str, Line] = {}
        self._names: dict[tuple[str, Any], Line] = {}

    def __call__(self, line: Line) -> None:
        values = line.values
        document, record = document_of(values), bare(values.get("mrn", ""))
        if document:
            first = self._documents.setdefault(document, line)
            if folded(first.values["name"]) != folded(values["name"]):
                sentence = _("与第 %(line)s 行证件号码相同，姓名不同，请核对。")
                line.refuse("id_no", sentence % {"line": first.line})
        if record:
            first = self._records.setdefault(record, line)
            if not _may_be_one(first.values, values):
                sentence = _("与第 %(line)s 行病案号相同，却是另一个人，请核对。")
                line.refuse("mrn", sentence % {"line": first.line})
        self._check_name(line, document, record)

    def _check_name(self, line: Line, document: str, record: str) -> None:
        values = line.values
        if not values["birth_date"]:
            return
        first = self._names.setdefault((folded(values["name"]), values["birth_date"]), line)
        other = first.values
        is_told = bool(document and document_of(other)) or (
            record and record == bare(other.get("mrn", ""))
        )
        if first is not line and not is_told and not line.faults:
            sentence = _("与第 %(line)s 行同名、同出生日期，分不清是否同一人，请补证件号码。")
            line.refuse("id_no", sentence % {"line": first.line})


def document_of(values: Mapping[str, Any]) -> str:
    """The document of a line with its type; "" without one."""
    return f"{values['id_type']}:{bare(values['id_no'])}" if values["id_no"] else ""


def _may_be_one(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    if folded(one["name"]) != folded(other["name"]):
        return False
    documents = document_of(one), document_of(other)
    births = one["birth_date"], other["birth_date"]
    return (not all(documents) or documents[0] == documents[1]) and (
        not all(births) or births[0] == births[1]
    )
