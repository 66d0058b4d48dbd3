"""Template tags of every page: icons, and modules under their hashed names."""

import json

from django import template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from common.static_modules import hashed_urls, module_closure

register = template.Library()

ICON_SPRITE = "img/icons.svg"
# What could end a script element, or start a comment in one, written as JSON.
_SCRIPT_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon of the sprite; the word beside it says what it means."""
    return format_html(
        '<svg class="icon icon--{}" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"></use></svg>',
        name,
        static(ICON_SPRITE),
        name,
    )


@register.simple_tag(takes_context=True)
def import_map(context: Context) -> SafeString:
    """Lead every module's plain URL to its hashed one; stands before any module."""
    imports = {"imports": hashed_urls(staticfiles_storage)}
    return format_html(
        '<script type="importmap" nonce="{}">{}</script>',
        context["request"].csp_nonce,
        mark_safe(json.dumps(imports).translate(_SCRIPT_ESCAPES)),  # noqa: S308 — escaped above
    )


@register.simple_tag
def module_script(module: str) -> SafeString:
    """Run a module, and fetch all that it imports at once instead of in turn."""
    preloads = format_html_join(
        "\n",
        '<link rel="modulepreload" href="{}">',
        ((static(name),) for name in module_closure(module)[1:]),
    )
    script = format_html('<script type="module" src="{}"></script>', static(module))
    return format_html("{}\n{}", preloads, script)
