"""The controls of a form as Django's templates write them, without the templates.

A form of thirty fields renders two hundred small templates for its inputs and options; that was half of what its
page costs. What stands here is the same to the letter (tests/kernel/test_form_writing.py); every other control is
still Django's.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

Widget = Mapping[str, Any]


def _text(value: Any) -> str:
    """What `|stringformat:"s"` shows of a value."""
    return value if isinstance(value, SafeString) else conditional_escape(str(value))


def _attributes(attrs: Mapping[str, Any]) -> str:
    made = ""
    for name, value in attrs.items():
        if value is True:
            made += f" {conditional_escape(name)}"
        elif value is not False:
            made += f' {conditional_escape(name)}="{_text(value)}"'
    return made


def _input(widget: Widget) -> str:
    value = widget["value"]
    shown = "" if value is None else f' value="{_text(value)}"'
    return (
        f'<input type="{conditional_escape(widget["type"])}" name="{conditional_escape(widget["name"])}"'
        f"{shown}{_attributes(widget['attrs'])}>"
    )


def _choice(widget: Widget) -> str:
    """A radio or a box of a group; alone, or inside its label."""
    if not widget.get("wrap_label"):
        return _input(widget)
    name = widget["attrs"].get("id")
    of = f' for="{conditional_escape(name)}"' if name else ""
    return f"<label{of}>{_input(widget)}\n {conditional_escape(widget['label'])}</label>"


def _area(widget: Widget) -> str:
    text = conditional_escape(widget["value"]) if widget["value"] else ""
    name = conditional_escape(widget["name"])
    return f'<textarea name="{name}"{_attributes(widget["attrs"])}>\n{text}</textarea>'


def _select(widget: Widget) -> str:
    made = [f'<select name="{conditional_escape(widget["name"])}"{_attributes(widget["attrs"])}>']
    for group, options, _place in widget["optgroups"]:
        if group:
            made.append(f'\n  <optgroup label="{conditional_escape(group)}">')
        for one in options:
            made.append(
                f'\n  <option value="{_text(one["value"])}"{_attributes(one["attrs"])}>'
                f"{conditional_escape(one['label'])}</option>\n"
            )
        if group:
            made.append("\n  </optgroup>")
    made.append("\n</select>")
    return "".join(made)


_INPUTS = ("text", "number", "email", "url", "password", "hidden", "date", "datetime", "time")
_WRITERS: dict[str, Callable[[Widget], str]] = {
    **{f"django/forms/widgets/{name}.html": _input for name in ("input", "checkbox", *_INPUTS)},
    "django/forms/widgets/checkbox_option.html": _choice,
    "django/forms/widgets/radio_option.html": _choice,
    "django/forms/widgets/textarea.html": _area,
    "django/forms/widgets/select.html": _select,
}


class Renderer(DjangoTemplates):
    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        write = _WRITERS.get(template_name)
        if write is None:
            return super().render(template_name, context, request)
        return SafeString(write(context["widget"]).strip())  # nosec B703 - every value is escaped above
