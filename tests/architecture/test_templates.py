"""What the strict content security policy, the CSRF guard and escaping ask of every template."""

import re

import pytest

from tests.architecture.source import name_of, templates

# Mail programs ignore style sheets; there a style attribute is the only way.
PAGES = [path for path in templates() if "emails" not in path.parts]
COMMENT = re.compile(r"{#.*?#}|{% comment %}.*?{% endcomment %}|<!--.*?-->", re.DOTALL)
FORM = re.compile(r"<form\b(?P<head>[^>]*)>(?P<body>.*?)</form>", re.DOTALL | re.IGNORECASE)

FORBIDDEN = {
    "inline script": re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>", re.IGNORECASE
    ),
    "inline style sheet": re.compile(r"<style\b", re.IGNORECASE),
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "unescaped value": re.compile(r"\|\s*safe(seq)?\b|{%\s*autoescape\s+off"),
    "something from another site": re.compile(
        r"<(script|link|img|iframe|source|video|audio|embed|object)\b[^>]*(src|href|data)=\"(https?:)?//",
        re.IGNORECASE,
    ),
}


def faults(text: str) -> list[str]:
    text = COMMENT.sub("", text)
    found = [name for name, pattern in FORBIDDEN.items() if pattern.search(text)]
    for form in FORM.finditer(text):
        posts = re.search(r"method=[\"']?post", form["head"], re.IGNORECASE)
        if posts and "csrf_token" not in form["body"] and "{% crispy" not in form["body"]:
            found.append("post form without csrf_token")
    return found


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_the_template_keeps_the_policy(path) -> None:
    assert faults(path.read_text(encoding="utf8")) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("<script>alert(1)</script>", "inline script"),
        ("<style>p{}</style>", "inline style sheet"),
        ('<p class="a" style="color:red">', "style attribute"),
        ('<button onclick="go()">', "event attribute"),
        ('<a href="javascript:go()">', "javascript address"),
        ("{{ name|safe }}", "unescaped value"),
        ("{% autoescape off %}", "unescaped value"),
        ('<script src="https://example.org/a.js"></script>', "something from another site"),
        ('<form method="post"><input></form>', "post form without csrf_token"),
    ],
)
def test_a_fault_would_be_seen(text: str, fault: str) -> None:
    assert faults(text) == [fault]


def test_what_is_right_is_left_alone() -> None:
    right = """
        <script src="{% static 'js/app.js' %}" defer></script>
        <form method="post">{% csrf_token %}</form>
        <form method="get"></form>
    """
    assert faults(right) == []
