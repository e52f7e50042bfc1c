"""Opening pages as somebody, reading what stands there, counting what that costs."""

import re
from html import unescape

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from branchlife.models import User

MOST_QUERIES = 12


def open_page(user: User, path: str) -> HttpResponse:
    client = Client()
    client.force_login(user)
    return client.get(path)


def html_of(user: User, path: str, status: int = 200) -> str:
    response = open_page(user, path)
    assert response.status_code == status, response.content[:500]
    return response.content.decode()


def words(html: str) -> str:
    """The visible text in one line, without the menu."""
    main = html[html.index("<main") : html.index("</main>")] if "<main" in html else html
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


def queries(user: User, path: str) -> int:
    """How many queries the page takes, the session and the user included."""
    client = Client()
    client.force_login(user)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path)
    assert response.status_code == 200
    return len(captured)


def tasks(user: User) -> list[str]:
    html = html_of(user, "/")
    section = html[html.index("现在要做") :]
    section = section[: section.index("</section>")]
    return [words(each) for each in re.findall(r"<li.*?</li>", section, re.DOTALL)]


def task(user: User, *parts: str) -> str:
    found = [each for each in tasks(user) if all(part in each for part in parts)]
    assert len(found) == 1, (parts, tasks(user))
    return found[0]


def links(user: User, title: str) -> list[str]:
    html = html_of(user, "/")
    row = next(each for each in re.findall(r"<li.*?</li>", html, re.DOTALL) if title in each)
    return [url.replace("&amp;", "&") for url in re.findall(r'href="([^"]+)"', row)]
