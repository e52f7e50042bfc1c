"""Ten thousand hostile values in every form, every query and every import: no page breaks, none hangs.

Addresses come from the permission table and fields from the pages themselves, so what is new is tried
without being told. Always the same values: a red run means a change.
"""

import logging
import random
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import got_request_exception
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from tests.architecture.test_urls_sweep import session_of
from tests.architecture.url_objects import Things, build_things
from tests.architecture.url_table import CASES, Case
from tests.faults.hostile import hostile
from tests.meetings.workbook_files import workbook
from tests.typed_forms import typed_forms

pytestmark = pytest.mark.django_db
SEED, LEAST, LONGEST = 20261123, 10_000, 2.0  # seconds of the processor
TRIERS = ("secretary", "administrator", "reviewer")
POSTS, QUERIES = 2, 1  # of one form or page and person
# Named in no form of the page they are for.
PARAMETERS = (
    "page", "on", "year", "next", "name", "organization", "plan", "period", "kind", "after", "before", "q",
)  # fmt: skip
# Of a roster, and none of them of the other two: those have to say so.
HEADINGS = (
    "姓名", "所在党支部", "入党时间", "转正时间", "身份证号", "联系电话", "党内职务", "党小组", "性别", "出生年月",
)  # fmt: skip


@dataclass
class Fuzzer:
    things: Things
    sessions: dict[str, str]
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))
    inputs: int = 0
    requests: int = 0
    broken: list[str] = field(default_factory=list)

    def send(self, role: str, method: str, url: str, data: dict[str, list[str]]) -> HttpResponse:
        client = Client(raise_request_exception=False)
        client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[role]
        text = urlencode(data, doseq=True, errors="replace")
        begin = time.process_time()
        with transaction.atomic():
            address = url if method == "POST" else f"{url}?{text}"
            response: HttpResponse = client.generic(
                method, address, text if method == "POST" else "",
                content_type="application/x-www-form-urlencoded",
            )  # fmt: skip
            transaction.set_rollback(True)
        self.requests += 1
        if response.status_code >= 500 or time.process_time() - begin > LONGEST:
            self.broken.append(f"{response.status_code} {method} as {role} {url}: {str(data)[:1500]}")
        return response

    def try_page(self, case: Case, role: str) -> None:
        url = case.url(self.things)
        page = self.send(role, "GET", url, {})
        for _each in range(QUERIES):
            self._ask(role, url, page)
        if case.expected("POST", role) not in (403, 404, 405):
            forms = self._forms(page, url) or [
                {name: [value] for name, value in case.data(self.things).items()}
            ]
            for form in forms:
                for number in range(POSTS):
                    self._post(role, url, form, all_at_once=number == 0)

    def _forms(self, page: HttpResponse, url: str) -> list[dict[str, list[str]]]:
        if page.status_code != 200 or "html" not in page["Content-Type"]:
            return []
        return [fields for action, fields in typed_forms(page) if action in ("", url)]

    def _ask(self, role: str, url: str, page: HttpResponse) -> None:
        names = list(PARAMETERS)
        if page.status_code == 200 and "html" in page["Content-Type"]:
            names += [name for action, fields in typed_forms(page) if action == "" for name in fields][:12]
        self.inputs += len(names)
        # One NUL refuses the whole address before anything else is read.
        self.send(role, "GET", url, {name: [hostile(self.chance).replace("\x00", "")] for name in names})

    def _post(self, role: str, url: str, form: dict[str, list[str]], *, all_at_once: bool) -> None:
        """Every field at once, or a few among what is right: the first never gets far."""
        names = [name for name in form if name != "csrfmiddlewaretoken"]
        chosen = names if all_at_once else self.chance.sample(names, min(len(names), 4))
        wrong = {name: [hostile(self.chance)] for name in chosen}
        self.inputs += len(wrong)
        self.send(role, "POST", url, form | wrong)


@pytest.fixture(scope="module")
def fuzzer(module_database: None) -> Fuzzer:
    world, things = build_things()
    return Fuzzer(things, {role: session_of(getattr(world, role)) for role in TRIERS})


def test_nothing_breaks(fuzzer: Fuzzer) -> None:
    told: list[str] = []

    def note(sender: object, **kwargs: object) -> None:
        told.append(traceback.format_exc()[-700:])

    got_request_exception.connect(note)
    logging.getLogger("django.request").setLevel(logging.CRITICAL)  # refusals are what we are after
    tried: set[tuple[str, str]] = set()
    for case in CASES:
        for role in TRIERS:
            status = case.expected("GET", role), case.expected("POST", role)
            if set(status) <= {403, 404, 405} or (role, case.url(fuzzer.things)) in tried:
                continue
            tried.add((role, case.url(fuzzer.things)))
            fuzzer.try_page(case, role)
    got_request_exception.disconnect(note)
    logging.getLogger("django.request").setLevel(logging.NOTSET)
    assert fuzzer.broken == [], "\n".join([*told, *fuzzer.broken])


def test_a_page_that_breaks_would_be_seen(fuzzer: Fuzzer, settings) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.faults.test_fuzz.breaks_on_a_quote"]
    before = len(fuzzer.broken)
    fuzzer.send("secretary", "GET", "/members/", {"name": ["'"]})
    assert len(fuzzer.broken) == before + 1
    fuzzer.broken.pop()


def breaks_on_a_quote(get_response):
    def middleware(request):
        if "'" in request.GET.get("name", ""):
            raise RuntimeError
        return get_response(request)

    return middleware


def test_imports_of_nonsense(fuzzer: Fuzzer) -> None:
    """Workbooks whose cells hold anything, below the headings they should have; and half of them."""
    client = Client(raise_request_exception=False)
    client.cookies[settings.SESSION_COOKIE_NAME] = fuzzer.sessions["administrator"]
    for kind in ("roster", "organizations", "ledger"):
        rows = [[_cell(fuzzer.chance) for _each in HEADINGS] for _row in range(60)]
        content = workbook([HEADINGS, *rows]).getvalue()
        fuzzer.inputs += sum(map(len, rows))
        for body in (content, content[: len(content) // 2], b"PK\x03\x04"):
            for year in (sendable(hostile(fuzzer.chance))[:20], "2026"):
                file = SimpleUploadedFile("a.xlsx", body)
                with transaction.atomic():
                    answer = client.post("/imports/", {"kind": kind, "year": year, "file": file})
                    transaction.set_rollback(True)
                assert answer.status_code < 500


def test_enough_was_tried(fuzzer: Fuzzer, record_property: Callable[[str, object], None]) -> None:
    """Last, because it counts what the others did."""
    record_property("figure", f"{fuzzer.inputs} hostile values in {fuzzer.requests} requests")
    assert fuzzer.inputs >= LEAST


def sendable(text: str) -> str:
    """As bytes carry it: half of a character becomes a question mark, as in `Fuzzer.send`."""
    return text.encode(errors="replace").decode()


def _cell(chance: random.Random) -> str:
    """What a sheet can hold: no control characters, no halves of characters, and not too long."""
    text = (c for c in hostile(chance) if c >= " " and not "\ud800" <= c <= "\udfff" and c < "\ufffe")
    return "".join(text)[:500]
