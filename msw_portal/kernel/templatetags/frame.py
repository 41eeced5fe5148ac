"""What the frame of every page needs: theme, areas, and the parts that are the same for everybody."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import groupby
from typing import Any
from uuid import UUID

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from msw_portal.kernel.addresses import address_of
from msw_portal.kernel.templatetags.portal import icon

register = template.Library()

PREFERENCES = {"theme": ("light", "dark"), "density": ("compact", "regular", "roomy")}
HERE = SafeString(' aria-current="page"')


@register.simple_tag(takes_context=True)
def root_attributes(context: Mapping[str, Any]) -> SafeString:
    """Theme and density chosen in this browser, from the cookies of static/js/preferences.js."""
    cookies = getattr(context.get("request"), "COOKIES", {})
    chosen = (
        (name, cookies.get(f"__Host-{name}") or cookies.get(name), allowed)
        for name, allowed in PREFERENCES.items()
    )
    return format_html_join(
        "", ' data-{}="{}"', ((name, value) for name, value, allowed in chosen if value in allowed)
    )


class AddressNode(URLNode):
    """`{% url %}` for a name with uids or with nothing, which is nearly every one."""

    def render(self, context: Context) -> str:
        if self.kwargs or self.asvar:
            return super().render(context)
        given = [one.resolve(context) for one in self.args]
        if not all(type(one) is UUID for one in given):
            return super().render(context)
        return address_of(self.view_name.resolve(context), *given)


@register.tag("url")
def url(parser: Parser, token: Token) -> AddressNode:
    made = django_url(parser, token)
    return AddressNode(made.view_name, made.args, made.kwargs, made.asvar)


@register.simple_tag
def fixed(name: str) -> SafeString:
    """A template that depends on the language and on nothing else: rendered once in a process."""
    return _rendered(name, get_language())


@lru_cache
def _rendered(name: str, _language: str) -> SafeString:
    return render_to_string(name)


@register.filter
def off_phone(nav: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The areas that stand behind 更多 on a phone."""
    return [item for item in nav or () if not item.get("on_phone")]


@register.simple_tag
def nav_items(nav: Iterable[Mapping[str, Any]], all_on_phone: bool = False) -> SafeString:
    """The areas as list items; an area has label, icon, url, on_phone and may have current and a count.

    `count_text` with `is_urgent` is a count in words; `count` a bare one. Where `group` changes, its words
    stand above as a heading; entries with `fold` stand inside one that opens and closes, except on a phone.
    """
    made: list[str] = []
    for heading, of_group in groupby(nav or (), key=lambda item: item.get("group", "")):
        items = list(of_group)
        # Each is text that was escaped where it was made.
        shown = SafeString("".join([_nav_item(one, all_on_phone) for one in items]))  # nosec B703
        if "fold" in items[0] and not all_on_phone:
            made.append(_nav_fold(items[0], heading, shown))
        else:
            tab = SafeString(" data-tab") if all_on_phone else ""
            above = format_html('<li class="nav__group"{}>{}</li>', tab, heading) if heading else ""
            made.append(f"{above}{shown}")
    return SafeString("".join(made))  # nosec B703


def _nav_fold(first: Mapping[str, Any], heading: Any, shown: SafeString) -> SafeString:
    return format_html(
        '<li class="nav__fold"><details data-nav-fold="{}"{}><summary class="nav__group">{}</summary>'
        "<ul>{}</ul></details></li>",
        first["fold"],
        SafeString(" open") if first["is_open"] else "",
        heading,
        shown,
    )


def _nav_item(item: Mapping[str, Any], all_on_phone: bool) -> SafeString:
    return _written(
        get_language(),
        all_on_phone or item["on_phone"],
        item["url"],
        item["icon"],
        item["label"],
        bool(item.get("current")),
        _count_of(item),
    )


@lru_cache(maxsize=2048)
def _written(
    _language: str, on_phone: bool, url: str, symbol: str, label: Any, is_here: bool, count: str
) -> SafeString:
    """Forty entries stand on every page, nearly always the same ones: they are written once."""
    return format_html(
        '<li{}><a href="{}"{}>{}<span>{}</span>{}</a></li>',
        SafeString(" data-tab") if on_phone else "",
        url,
        HERE if is_here else "",
        icon(symbol),
        label,
        count,
    )


def _count_of(item: Mapping[str, Any]) -> SafeString | str:
    if item.get("count_text"):
        tone = " nav__n--warn" if item.get("is_urgent") else ""
        return format_html('<b class="nav__n{}">{}</b>', tone, item["count_text"])
    return format_html('<span class="nav__n">{}</span>', item["count"]) if item.get("count") else ""
