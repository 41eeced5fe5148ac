"""Every field has its data class, what tells about a person is sealed, and masks come from the class."""

import datetime as dt

import pytest
from django.apps import apps
from django.utils import timezone

from cases.models.casework import Case
from cases.models.people import Client
from msw_portal.kernel import data_classes
from msw_portal.kernel.data_classes import HIDDEN, Level, class_of, highest, level_in, masked
from tests.architecture.test_house import OURS

MODELS = [model for model in apps.get_models() if model._meta.app_label in OURS]
# Level 4 in the clear, each with its reason.
IN_CLEAR = {
    "departments.User.email": "the address a notice is sent to, chosen by the person",
    "departments.AccessGrant.reason": "codes and grounds, read by the privacy officer",
    "departments.Document.void_reason": "why a file was voided; no narrative",
}


def _fields(model):
    for field in model._meta.local_fields:
        yield field, f"{model._meta.label}.{field.name}"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_field_has_its_class(model):
    known = {*data_classes.declared(model._meta.label), *data_classes.BASES}
    missing = [field.name for field in model._meta.local_fields if field.name not in known]
    # Mend: a word in the app's data_classes.py (levels: msw_portal/kernel/data_classes.py).
    assert missing == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_a_register_names_no_field_that_is_not_there(model):
    names = {field.name for field in model._meta.local_fields}
    assert sorted(set(data_classes.declared(model._meta.label)) - names) == []


def test_what_is_sealed_is_of_a_person_and_what_is_of_a_person_is_sealed():
    wrong = {}
    for model in MODELS:
        for field, name in _fields(model):
            level = class_of(model, field.name).level
            is_sealed = type(field).__name__.startswith("Sealed")
            if is_sealed != (level >= Level.PERSON) and name not in IN_CLEAR:
                wrong[name] = (level.name, type(field).__name__)
    assert wrong == {}


def test_masks_come_from_the_class():
    born = timezone.localdate().replace(month=1, day=1) - dt.timedelta(days=3 * 366)
    person = Client(
        organization_id=1,
        name="欧阳示例",
        id_no="110101200001011234",
        phone="13800001234",
        address="北京市东城区某街 1 号",
        birth_date=born,
        sex="f",
    )
    shown = {name: masked(person, name) for name in ("name", "id_no", "phone", "address", "sex")}
    assert shown == {
        "name": "欧阳**",
        "id_no": "110***********1234",
        "phone": "138****1234",
        "address": "北京市东城区",
        "sex": "f",
    }
    assert masked(person, "birth_date") == "1–3"


def test_in_a_sealed_case_what_tells_about_a_person_is_special():
    case = Case(organization_id=1, presenting_problem="演示", number="A1")
    assert (level_in(case, "presenting_problem"), level_in(case, "number")) == (4, 3)
    case.compartment_id = 7
    assert (level_in(case, "presenting_problem"), level_in(case, "number")) == (5, 3)
    assert masked(case, "presenting_problem") == HIDDEN
    assert highest(case, ["number", "presenting_problem"]) == Level.SPECIAL
    assert highest(Case, ["number", "presenting_problem"]) == Level.PERSON


def test_a_crooked_register_is_refused():
    with pytest.raises(ValueError, match="no_such"):
        data_classes.register("departments", {"X": {Level.PERSON: "name:no_such"}})
    with pytest.raises(LookupError, match="has no data class"):
        class_of(Case, "no_such_field")
