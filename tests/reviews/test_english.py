"""Every page in English: what is Chinese on it is what somebody typed or imported. Read without a browser: the
sentences that scripts show stand in the page, too."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import groupby
from operator import attrgetter
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.utils import timezone, translation

from branchlife.models import User
from meetings.services.demo_people import demo_people
from tests.browser.demo import demonstration
from tests.browser.pages import SHEET_HEADINGS, every_page

pytestmark = pytest.mark.django_db(transaction=True)
CHINESE = re.compile(r"[\u3400-\u9fff]+")
SPOKEN = ("title", "aria-label", "placeholder", "alt")
WITHOUT_END = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Words(HTMLParser):
    """The language of a page; its texts, titles, labels and sentences for scripts, apart from what says that it is
    in another language and from the first letters of names."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.language: str | None = None
        self.texts: list[str] = []
        self._open: list[tuple[str, bool]] = []  # tags, and whether what is inside is left out
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = found.get("lang")
        elsewhere = tag in ("script", "style") or (tag != "html" and "lang" in found)
        elsewhere = elsewhere or "avatar" in found.get("class", "").split()
        left_out = elsewhere or bool(self._open and self._open[-1][1])
        if not left_out:
            self.texts += [text for name, text in found.items() if name in SPOKEN or name.startswith("data-")]
        if tag not in WITHOUT_END:
            self._open.append((tag, left_out))

    def handle_endtag(self, tag: str) -> None:
        if tag in (each for each, _left_out in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not (self._open and self._open[-1][1]):
            self.texts.append(data)

    def chinese(self, data: re.Pattern[str]) -> set[str]:
        return {text.strip() for text in self.texts if CHINESE.search(data.sub("", text))}


@pytest.fixture
def demo(settings: Any) -> Iterator[None]:
    with demonstration(settings):
        yield


def test_only_the_data_is_chinese(demo: None) -> None:
    User.objects.update(language="en")
    stops = every_page()
    data, faults, opened = data_strings(), [], 0
    person = attrgetter("role", "place")
    for (role, place), theirs in groupby(sorted(stops, key=person), key=person):
        client = client_of(role, place) if role else Client()
        for stop in theirs:
            words = Words(client.get(stop.url, follow=True).content.decode())
            opened += 1
            if role:
                assert words.language == "en", f"{stop.url} is not in English"
                faults += [f"{stop.url} as {role}: {text}" for text in sorted(words.chinese(data))]
    assert not faults, "\n".join(faults)
    assert opened == len(stops) > 150


def test_a_word_that_was_not_translated_would_be_found() -> None:
    page = """<html lang="en"><title>Plans</title><b title="计划">Plan<br>of 李</b><i lang="zh">三会</i>
        <span class="avatar">王</span><script>"会"</script><p data-sure="确定？">7月</p>"""
    words = Words(page)
    assert words.language == "en"
    assert words.chinese(re.compile("李")) == {"计划", "确定？", "7月"}


def client_of(role: str, place: str) -> Client:
    """Through the door of the demo as the person of that role at that place."""
    client = Client()
    with translation.override("zh-hans"):
        groups = {group.role_label: group.people for group in demo_people(day=timezone.localdate())}
    username = next(each.username for each in groups[role] if place in each.organization)
    answer = client.post("/demo/sign-in/", {"username": username})
    assert answer.status_code == 302
    return client


def data_strings() -> re.Pattern[str]:
    """Everything Chinese that somebody typed or imported, longest first."""
    found = set(SHEET_HEADINGS)
    for app in ("branchlife", "meetings", "reviews"):
        for model in apps.get_app_config(app).get_models():
            columns = [
                f.name for f in model._meta.fields if isinstance(f, models.CharField | models.TextField)
            ]
            for row in model._default_manager.values_list(*columns) if columns else []:
                lines = (line for value in row if value for line in (value, *value.splitlines()))
                found |= {line for line in lines if CHINESE.search(line)}
    texts = (re.escape(text) for text in sorted(found, key=len, reverse=True))
    return re.compile("|".join([r"整改〔\d{4}〕\d+号", *texts]))  # a paper's number is made of its parts
