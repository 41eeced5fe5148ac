from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template

from departments.models.people import User
from msw_portal.kernel.form_fields import show_field
from msw_portal.kernel.forms import CommandForm


class Sample(forms.Form):
    name = forms.CharField(label="姓名", help_text="支持间隔号")
    amount = forms.DecimalField(label="金额", decimal_places=2, required=False)
    minutes = forms.IntegerField(label="分钟", required=False)
    born_on = forms.DateField(label="出生日期", required=False)
    met_at = forms.DateTimeField(label="时间", required=False)
    kind = forms.ChoiceField(
        label="方式", choices=[("v", "探访"), ("t", "面谈")], widget=forms.RadioSelect
    )
    ward = forms.ChoiceField(label="病区", choices=[("1", "产科")], required=False)
    note = forms.CharField(label="记录", widget=forms.Textarea, required=False)
    is_public = forms.BooleanField(label="同意公示", required=False)
    file = forms.FileField(label="材料", required=False)
    once = forms.CharField(widget=forms.HiddenInput, required=False)


def render(form, code: str) -> str:
    return Template(code).render(Context({"form": form}))


class Choosing(CommandForm):
    must = forms.ModelChoiceField(User.objects.none())
    may = forms.ModelChoiceField(User.objects.none(), required=False)
    own = forms.ModelChoiceField(User.objects.none(), empty_label="全院")


def test_nothing_chosen_is_said_in_words():
    fields = Choosing().fields
    found = [str(fields[name].empty_label) for name in ("must", "may", "own")]
    assert found == ["请选择", "不选", "全院"]


def test_help_and_error_are_tied_to_the_control():
    page = render(Sample({"name": ""}), "{% field form.name %}")
    assert 'aria-describedby="id_name_helptext id_name_error"' in page
    assert 'aria-invalid="true"' in page
    assert 'id="id_name_error"' in page
    assert '<label class="label" for="id_name">' in page
    assert "field--bad" in page


def test_required_is_said_in_words_and_never_by_the_browser():
    page = render(Sample(), "{% field form.name %}")
    assert "必填" in page
    assert 'aria-required="true"' in page
    assert " required" not in page


def test_optional_is_said_on_request():
    assert "可不填" in render(Sample(), "{% field form.note optional=True %}")
    assert "可不填" not in render(Sample(), "{% field form.note %}")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("name", 'class="input"'),
        ("ward", 'class="select"'),
        ("note", 'class="area"'),
        ("file", 'class="input input--file"'),
        ("minutes", 'inputmode="numeric"'),
        ("amount", 'inputmode="decimal"'),
    ],
)
def test_controls_get_their_classes_from_here(name, expected):
    assert expected in render(Sample(), f"{{% field form.{name} %}}")


def test_numbers_stay_text_so_that_full_width_digits_reach_the_server():
    page = render(Sample({"minutes": "１５分"}), "{% field form.minutes %}")
    assert 'type="text"' in page
    assert 'value="１５分"' in page


def test_money_is_grouped_when_it_comes_from_us_and_kept_when_it_was_typed():
    code = '{% field form.amount shape="money" %}'
    ours = render(Sample(initial={"amount": Decimal(30000)}), code)
    typed = render(Sample({"amount": "3万"}), code)
    assert 'value="30,000.00"' in ours
    assert "<span>元</span>" in ours
    assert 'value="3万"' in typed


def test_dates_use_the_native_picker_unless_it_would_lose_what_was_typed():
    good = render(Sample(initial={"born_on": date(2020, 9, 30)}), "{% field form.born_on %}")
    bad = render(Sample({"born_on": "2020-09-31"}), "{% field form.born_on %}")
    assert 'type="date"' in good
    assert 'value="2020-09-30"' in good
    assert 'type="text"' in bad
    assert 'value="2020-09-31"' in bad


def test_instants_are_shown_on_the_clock_of_shanghai():
    form = Sample(initial={"met_at": datetime(2026, 11, 23, 2, 32, tzinfo=UTC)})
    page = render(form, "{% field form.met_at %}")
    assert 'type="datetime-local"' in page
    assert 'value="2026-11-23T10:32"' in page


def test_groups_are_fieldsets_of_the_asked_shape():
    page = render(Sample({"kind": "t"}), '{% field form.kind shape="tiles" %}')
    assert page.startswith('<fieldset class="field"')
    assert 'class="tiles tiles--2"' in page
    assert page.count('class="tile"') == 2
    assert page.count("checked") == 1


def test_unknown_shapes_are_refused():
    with pytest.raises(ValueError, match="no such shape"):
        show_field(Sample()["kind"], shape="stars")


def test_further_keywords_become_attributes():
    page = render(Sample(), '{% field form.name autocomplete="off" hx_get="/x" %}')
    assert 'autocomplete="off"' in page
    assert 'hx-get="/x"' in page


def test_hidden_fields_are_bare():
    page = render(Sample(), "{% fields form 'once' %}").strip()
    assert page == '<input type="hidden" name="once" id="id_once">'


def test_form_errors_lists_each_refused_field_with_a_link():
    form = Sample({"name": "", "kind": "t"})
    page = render(form, "{% form_errors form %}")
    assert "有 1 处需要改" in page
    assert '<a href="#id_name">姓名</a>' in page
    assert "data-focus" in page


def test_form_errors_says_the_rule_of_the_whole_form():
    form = Sample({"name": "示例", "kind": "t"})
    form.add_error(None, "基金余额不足。")
    assert "<b>基金余额不足。</b>" in render(form, "{% form_errors form %}")


def test_a_clean_form_has_no_error_box():
    assert render(Sample({"name": "示例", "kind": "t"}), "{% form_errors form %}").strip() == ""
    assert render(Sample(), "{% form_errors form %}").strip() == ""
