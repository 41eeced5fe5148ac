"""A field on the page, to the letter: what somebody typed never becomes markup, what is marked safe stays."""

from django import forms
from django.utils.safestring import mark_safe

from msw_portal.kernel.field_drawing import drawn
from msw_portal.kernel.form_fields import show_field

CHOICES = [("a", "甲<"), ("b", "乙")]
ICON = '<svg class="i" aria-hidden="true"><use href="/static/img/icons.svg#i-warn"></use></svg>'


class _Form(forms.Form):
    name = forms.CharField(label="名<b>", help_text=mark_safe("见 <a>此</a>"))
    note = forms.CharField(required=False)
    agreed = forms.BooleanField(label="同意")
    way = forms.ChoiceField(label="方式", choices=CHOICES, widget=forms.RadioSelect)
    once = forms.CharField(widget=forms.HiddenInput, initial="x")


def test_a_text_field_with_help_and_two_errors():
    form = _Form({"name": ""})
    form.add_error("name", "又 <错>")
    assert drawn(show_field(form["name"])) == (
        '<div class="field field--bad">\n'
        '  <label class="label" for="id_name">名&lt;b&gt;<span class="req">必填</span>\n</label>\n'
        '  <input type="text" name="name" aria-describedby="id_name_helptext id_name_error"'
        ' aria-invalid="true" class="input" aria-required="true" id="id_name">\n'
        '  <span class="help" id="id_name_helptext">见 <a>此</a></span>\n'
        f'<span class="error" id="id_name_error">{ICON}<span>该字段是必填项。<br>又 &lt;错&gt;</span></span>\n'
        "\n</div>\n"
    )


def test_a_field_that_may_stay_empty_with_what_stands_beside_it():
    shown = show_field(_Form()["note"], optional=True, affix="元<", prefix="约", typed=True)
    assert drawn(shown) == (
        '<div class="field" data-typed>\n'
        '  <label class="label" for="id_note">Note<span class="opt">可不填</span>\n</label>\n'
        '  <div class="affix"><span>约</span><input type="text" name="note" class="input" id="id_note">'
        "<span>元&lt;</span></div>\n  \n\n\n</div>\n"
    )


def test_a_group_of_tiles():
    shown = drawn(show_field(_Form({"way": "b"})["way"], shape="tiles"))
    assert shown.startswith('<fieldset class="field" id="id_way">\n  <legend class="label">方式')
    assert '<div class="tiles tiles--2"><label class="tile"><input type="radio"' in shown
    assert "<span>甲&lt;</span></label>" in shown
    assert 'value="b" id="id_way_1" checked><span>乙</span>' in shown


def test_a_box_and_a_hidden_one():
    form = _Form()
    assert '<label class="check" for="id_agreed"><input type="checkbox" name="agreed"' in drawn(
        show_field(form["agreed"])
    )
    assert drawn(show_field(form["once"])) == (
        '<input type="hidden" name="once" value="x" id="id_once">\n'
    )
