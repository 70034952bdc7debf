"""A business's own HTML: what no mail program runs is refused when it is saved, with its line."""

from itertools import product

import pytest

from domain.notifications.rules.inert import active_part_of
from domain.notifications.rules.language import fault_of
from domain.notifications.rules.saying import NAMES
from domain.notifications.rules.speech import KINDS, LANGUAGES, wording


@pytest.mark.parametrize(
    ("source", "line", "why"),
    [
        ("<p>a</p>\n<script>alert(1)</script>", 2, "<script>"),
        ("<SCRIPT src=x>", 1, "<script>"),
        ("<p\n><script", 2, "<script>"),
        ("a\n\n<iframe src='https://x'></iframe>", 3, "<iframe>"),
        ("<form action='https://x'><input></form>", 1, "<form>"),
        ("<p formaction='javascript:x'>", 1, "formaction"),
        ("<object></object>", 1, "<object>"),
        ("<meta http-equiv=refresh>", 1, "<meta>"),
        ("<link rel=stylesheet href='https://x'>", 1, "<link>"),
        ("<base href='https://x'>", 1, "<base>"),
        ("<p>\n<img src=x onerror=alert(1)>", 2, "onerror"),
        ("<img/onerror='x'>", 1, "onerror"),
        ('<p title=">" onclick="x">', 1, "onclick"),
        ("<p OnClick = x>", 1, "onclick"),
        ("<p onclick>", 1, "onclick"),
        ("<a href='javascript:alert(1)'>", 1, "href"),
        ("<a href=' java&#115;cript:x'>", 1, "href"),
        ("<a href='java\nscript:x'>", 1, "href"),
        ("<a href=data:text/html,x>", 1, "href"),
        ("<p title='x>", 1, "not closed"),
        ("<textarea>", 1, "<textarea>"),
        ("<p>a</p><plaintext>", 1, "<plaintext>"),
        ("<svg><a><animate attributeName=href values=javascript:x>", 1, "<svg>"),
        ("<p>a</p>\n<p", 2, "a tag is not closed"),
        ("<p>a</p><p class='x' <b>b</b>", 1, "a tag is not closed"),
        ("a\n<!-- b", 2, "a comment is not closed"),
        ("<!-- a --><!-- b -- >", 1, "a comment is not closed"),
        ("{% if note %}<!--{% endif %}a{% if party %}-->{% endif %}", 1, "a comment is put together"),
        ("<style>p { color: red }", 1, "a <style> is not closed"),
        ("<STYLE>{% if note %}</style>{% endif %}</style>", 1, "a <style> is put together"),
        # what is put together
        ("<{{ customer }}>", 1, "put together"),
        ("<scr{{ customer }}ipt>", 1, "put together"),
        ("<scr{{ 'ipt' }}>", 1, "<script>"),
        ("<scr{# #}ipt>", 1, "<script>"),
        ("<scr{% if note %}ipt{% endif %}>", 1, "put together"),
        ("<p o{{ note }}nclick='x'>", 1, "put together"),
        ("<p on{%- if note %} {%- endif -%} click='x'>", 1, "put together"),
        ("<p {% if note %}onclick='x'{% endif %}>", 1, "onclick"),
        ("<p {% if note %}a='b'{% elif party %}c='d'{% else %}\nonclick='x'{% endif %}>", 1, "onclick"),
        ("<a href='{{ 'javascript' | lower }}:x'>", 1, "href"),
        ("<a href='{{ 'java' ~ 'script:' if note else '' }}'>", 1, "href"),
        ("{% if note %}\n<p>\n{% endif %}\n<iframe>", 4, "<iframe>"),
    ],
)
def test_what_is_not_inert_is_refused_with_its_line(source: str, line: int, why: str) -> None:
    assert fault_of(source, NAMES) is None
    found = active_part_of(source)
    assert found is not None
    assert (found.line, why in found.why) == (line, True), found


@pytest.mark.parametrize(
    "source",
    [
        "<p>a < b and c > d, it's on=1</p>",
        "<a class='x' href='{{ manage_url }}'>online: now</a>",
        "<a {% if note %}class='x'{% endif %} href='https://x.example/{{ reference }}?on=1'>x</a>",
        "<a href='mailto:ada@example.com' title='onclick=1'>x</a>",
        "<img src='data:image/png;base64,AAAA' alt='{{ business }}'>",
        "<style>p { color: red; }</style>{# <script> #}",
        "<p{% if note %} class='x'{% endif %}>{{ note }}</p><br/><!-- scripts are refused -->",
        "x" * 20_000,
        "<p>" * 6_000,
    ],
)
def test_what_is_inert_is_taken(source: str) -> None:
    assert active_part_of(source) is None


def test_so_are_our_own_words() -> None:
    for kind, language in product(KINDS, LANGUAGES):
        assert active_part_of(wording(kind, language).html) is None
