"""Colours for code: what the lexers of Pygments find is put into classes, which the stylesheet colours."""

from html import escape

from markupsafe import Markup
from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers import find_lexer_class_by_name
from pygments.util import ClassNotFound

SPOKEN = {"sh": "shell", "js": "JavaScript", "javascript": "JavaScript", "json": "JSON", "php": "PHP", "http": "HTTP"}
"""What a language is called to whoever hears the page; others are called as they are written."""

# `php` is told where it begins by its opening tag only.
OPTIONS = {"php": {"startinline": True}}
FORMAT = HtmlFormatter(nowrap=True)


def coloured(code: str, language: str) -> Markup:
    """Return *code* as an element of its own, which can be scrolled with the keyboard."""
    label = f"Code, {SPOKEN.get(language, language)}" if language else "Code"
    opened = f'<div class="code"><pre tabindex="0" role="group" aria-label="{escape(label)}"><code>'
    return Markup(f"{opened}{_marked(code, language)}</code></pre></div>\n")  # noqa: S704 - the lexers escape


def _marked(code: str, language: str) -> str:
    try:
        lexer = find_lexer_class_by_name(language or "text")
    except ClassNotFound:
        return escape(code)
    marked: str = highlight(code, lexer(stripnl=False, **OPTIONS.get(language, {})), FORMAT)
    return marked
