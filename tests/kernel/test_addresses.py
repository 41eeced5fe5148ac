"""Addresses and words of choices that are put together once say what Django's own say."""

import uuid

import pytest
from django.apps import apps
from django.db import models
from django.template import Context, Template
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from msw_portal.kernel.addresses import address_of
from msw_portal.kernel.db import Row


@pytest.mark.parametrize(
    ("name", "count"),
    [("cases:list", 0), ("cases:case", 1), ("cases:contact", 1), ("departments:workbench", 0)],
)
def test_an_address_is_the_one_django_makes(name, count):
    for _turn in range(2):
        uids = [uuid.uuid4() for _place in range(count)]
        assert address_of(name, *uids) == reverse(name, args=uids)


def test_a_name_that_is_not_there_is_an_error_each_time():
    for _turn in range(2):
        with pytest.raises(NoReverseMatch):
            address_of("cases:case")


@pytest.mark.parametrize(
    "text",
    [
        "{% url 'cases:case' uid %}",
        "{% url 'cases:case' uid=uid %}",
        "{% url 'cases:case' uid|stringformat:'s' %}",
        "{% url 'cases:case' uid as here %}{{ here }}",
        "{% url name uid %}",
    ],
)
def test_the_tag_writes_it_however_it_is_asked(text):
    uid = uuid.uuid4()
    shown = Template(text).render(Context({"uid": uid, "name": "cases:case"}))
    assert shown == reverse("cases:case", args=[uid])


def test_the_tag_refuses_an_address_that_is_not_there():
    with pytest.raises(NoReverseMatch):
        Template("{% url 'cases:case' uid %}").render(Context({"uid": ""}))


def _with_choices():
    return [
        (model, field)
        for model in apps.get_models()
        if issubclass(model, Row)
        for field in model._meta.concrete_fields
        if field.choices
    ]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_choice_is_shown_in_the_word_django_finds(language):
    differ = []
    with translation.override(language):
        for model, field in _with_choices():
            for value in [*dict(field.flatchoices), "nothing of the list", None]:
                row = model(**{field.attname: value})
                if row._get_FIELD_display(field) != models.Model._get_FIELD_display(row, field):
                    differ.append((field, value))
    assert differ == []
