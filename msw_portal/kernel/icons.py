"""A symbol of static/img/icons.svg."""

from functools import cache, lru_cache

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString


@cache
def _sprite() -> str:
    return static("img/icons.svg")


@lru_cache
def icon(name: str) -> SafeString:
    """A decorative icon of static/img/icons.svg; the word beside it carries the meaning."""
    return format_html(
        '<svg class="i" aria-hidden="true"><use href="{}#i-{}"></use></svg>', _sprite(), name
    )
