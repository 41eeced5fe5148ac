"""The controls that are written here are Django's own, to the letter."""

import datetime as dt

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy

from msw_portal.kernel.form_writing import Renderer

WORDS = [("a", "甲 & 乙"), ("<b>", mark_safe("<i>safe</i>")), ("", gettext_lazy("全部")), (7, 7)]
GROUPED = [("first", "一"), ("大 <组>", [("x", "x"), ('"', "'")]), (None, "none")]
ATTRS = [
    {},
    {"id": "id_x", "class": "a b", "disabled": True, "required": False, "data-<": '">'},
    {"id": mark_safe("&amp;"), "data-n": 3, "title": gettext_lazy("全部"), "value": None},
]
VALUES = [None, "", "文 <&\"'>", mark_safe("<b>"), 12, 0, dt.date(2026, 12, 1), ["a", "<b>"], "7"]
WIDGETS = [
    forms.TextInput,
    forms.NumberInput,
    forms.EmailInput,
    forms.URLInput,
    forms.HiddenInput,
    lambda: forms.PasswordInput(render_value=True),
    forms.DateInput,
    forms.DateTimeInput,
    forms.TimeInput,
    forms.CheckboxInput,
    forms.Textarea,
    lambda: forms.Select(choices=WORDS),
    lambda: forms.Select(choices=GROUPED),
    lambda: forms.SelectMultiple(choices=GROUPED),
    lambda: forms.Select(choices=[]),
    lambda: forms.NullBooleanSelect(),
    forms.ClearableFileInput,
    forms.FileInput,
    lambda: forms.RadioSelect(choices=WORDS),
    lambda: forms.CheckboxSelectMultiple(choices=GROUPED),
]


@pytest.mark.parametrize("number", range(len(WIDGETS)))
def test_a_control_is_what_djangos_templates_write(number):
    for attrs in ATTRS:
        for value in VALUES:
            if isinstance(value, list) is not WIDGETS[number]().__class__.__name__.endswith(
                "Multiple"
            ):
                continue
            both = [
                WIDGETS[number]().render("名<", value, dict(attrs), renderer=one)
                for one in (Renderer(), DjangoTemplates())
            ]
            assert both[0] == both[1]
            assert isinstance(both[0], SafeString)


@pytest.mark.parametrize("wrap", [True, False])
@pytest.mark.parametrize("kind", [forms.RadioSelect, forms.CheckboxSelectMultiple])
def test_an_option_alone_is_too(kind, wrap):
    for attrs in ATTRS:
        both = [
            [
                made.tag(wrap_label=wrap)
                for made in (
                    forms.boundfield.BoundWidget(widget, data, one)
                    for widget in [kind(choices=WORDS)]
                    for data in widget.subwidgets("name", ["a", ""], dict(attrs))
                )
            ]
            for one in (Renderer(), DjangoTemplates())
        ]
        assert both[0] == both[1]


def test_forms_are_drawn_by_it():
    class Form(forms.Form):
        text = forms.CharField()

    assert isinstance(Form().renderer, Renderer)
