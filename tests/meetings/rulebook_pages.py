"""Opening the rule book's pages as somebody, and typing into its forms."""

import re
from datetime import date
from html import unescape
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from branchlife.models import User
from meetings.models import Deadline, Requirement

JULY = date(2026, 7, 1)
MOST_QUERIES = 12


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def words(response: HttpResponse) -> str:
    html = response.content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


def read(user: User, path: str, status: int = 200) -> str:
    response = browser(user).get(path)
    assert response.status_code == status
    return words(response)


def queries(user: User, path: str) -> int:
    client = browser(user)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def typed(rule: Requirement | Deadline, **says: Any) -> dict[str, Any]:
    """The form as it comes from a page that showed this rule."""
    data = {name: getattr(rule, name) for name in rule.SAYS if name not in ("kind", "is_active")}
    data |= {"valid_from": JULY.isoformat(), "is_active": "on"} | says
    return {name: "" if value is None else value for name, value in data.items()}


def hidden_fields(page: HttpResponse) -> dict[str, str]:
    """What a preview carries to the next step."""
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode())
    return {name: unescape(value) for name, value in fields}
