"""How a field stands on the page: label, control, help and error sentence.

Written here and not in a template: a form of thirty fields spent most of its time on the parts of one.
"""

from html import escape as escape_text
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from msw_portal.kernel.form_fields import ShownField
from msw_portal.kernel.icons import icon

_ROLES = {"tiles": "tile", "scale": "scale__step"}


def escaped(value: Any) -> str:
    """What `conditional_escape` makes of a value; plain text, nearly all there is, without its detour for lazy text."""
    return escape_text(value) if type(value) is str else conditional_escape(value)


def drawn(field: ShownField) -> SafeString:
    """The whole field; a hidden one is its control."""
    if field.kind == "hidden":
        return SafeString(f"{escaped(field.control)}\n")  # nosec B703 - every value is escaped
    errors = field.errors
    head = (
        f'class="field{" field--bad" if errors else ""}"{" data-typed" if field.is_typed else ""}'
    )
    label, notes = f"{escaped(field.label)}{_mark(field)}", _notes(field, errors)
    if field.is_group:
        described = field.described_by
        about = f' aria-describedby="{escaped(described)}"' if described else ""
        made = (
            f'<fieldset {head} id="{escaped(field.bound.auto_id)}"{about}>\n'
            f'  <legend class="label">{label}</legend>\n'
            f'  <div class="{_group_class(field)}">{_options(field)}</div>\n  {notes}\n</fieldset>\n'
        )
    elif field.kind == "check":
        made = (
            f'<div {head}>\n  <label class="check" for="{escaped(field.bound.id_for_label)}">'
            f"{escaped(field.control)}<span>{label}</span></label>\n  {notes}\n</div>\n"
        )
    else:
        made = (
            f'<div {head}>\n  <label class="label" for="{escaped(field.bound.id_for_label)}">{label}</label>\n'
            f"  {_with_affixes(field)}\n  {notes}\n</div>\n"
        )
    return SafeString(made)  # nosec B703 - every value is escaped


def _mark(field: ShownField) -> str:
    if field.bound.field.required:
        return f'<span class="req">{escaped(_("必填"))}</span>\n'
    if getattr(field.bound.field, "is_needed_later", False):
        # A draft is kept without it; what is sent is not.
        return f'<span class="opt">{escaped(_("提交前必填"))}</span>\n'
    return f'<span class="opt">{escaped(_("可不填"))}</span>\n' if field.is_optional_said else "\n"


def _group_class(field: ShownField) -> str:
    count = len(field.options)
    return f"tiles tiles--{count}" if field.kind == "tiles" and count < 4 else field.kind


def _options(field: ShownField) -> str:
    role = _ROLES.get(field.kind, "check")
    return "".join(
        [
            f'<label class="{role}">{escaped(one["control"])}<span>{escaped(one["label"])}</span></label>'
            for one in field.options
        ]
    )


def _with_affixes(field: ShownField) -> str:
    control = escaped(field.control)
    if not (field.affix or field.prefix):
        return control
    before = f"<span>{escaped(field.prefix)}</span>" if field.prefix else ""
    after = f"<span>{escaped(field.affix)}</span>" if field.affix else ""
    return f'<div class="affix">{before}{control}{after}</div>'


def _notes(field: ShownField, errors: list[str]) -> str:
    help_text = (
        f'<span class="help" id="{escaped(field.help_id)}">{escaped(field.help)}</span>'
        if field.help
        else ""
    )
    if not errors:
        return f"{help_text}\n\n"
    sentences = "<br>".join([escaped(one) for one in errors])
    head = f'<span class="error" id="{escaped(field.error_id)}">{icon("warn")}'
    return f"{help_text}\n{head}<span>{sentences}</span></span>\n"
