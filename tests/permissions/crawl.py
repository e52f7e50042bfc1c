"""Opening everything there is as somebody, and reading whatever comes back as text."""

import io
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.http import HttpResponse
from django.urls import Resolver404, resolve

from tests.architecture.test_urls_sweep import Site
from tests.architecture.url_table import CASES
from tests.permissions.canaries import Aviary

HREF = re.compile(r'href="(/[^"#?]*)')
NOT_FOLLOWED = ("sign_out", "set_language", "check_in_scan")
RULE_FORM = re.compile(r"(rule|deadline|vote_rule)_(change|end|basis|override|create|import)")
A_CASE = CASES[0]


@dataclass
class Sightings:
    """Who met which cage, and where first."""

    aviary: Aviary
    seen: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    texts: int = 0

    def note(self, who: str, where: str, text: str) -> None:
        self.texts += 1
        for cage in self.aviary.found_in(text):
            self.seen[cage].setdefault(who, where)

    def cells(self) -> set[tuple[str, str]]:
        return {(cage, who) for cage, seen in self.seen.items() for who in seen}


def text_of(response: HttpResponse) -> str:
    """Head and body; of a workbook or a text document every part inside; a calendar with its lines unfolded."""
    body = b"".join(response) if response.streaming else response.content
    inside = "\n".join(parts_of(body)) if body.startswith(b"PK") else body.decode("utf8", "replace")
    return f"{response.headers}\n{inside}".replace("\r\n ", "")


def parts_of(body: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        for name in packed.namelist():
            yield packed.read(name).decode("utf8", "replace")


def visit(site: Site, role: str, urls: Iterable[str], sightings: Sightings, follow: int = 0) -> None:
    """Open the addresses as this role ("": a visitor). ``follow``: and so many pages of each kind they lead to."""
    ahead, opened = list(dict.fromkeys(urls)), set()
    left: Counter[str] = Counter()
    while ahead:
        url = ahead.pop()
        if url in opened:
            continue
        opened.add(url)
        response = site.knock(A_CASE, "GET", role, url=url)
        text = text_of(response)
        sightings.note(role or "visitor", url, text)
        if not follow or response.status_code != 200:
            continue
        for link in HREF.findall(text):
            name = name_of(link)
            if link not in opened and name and left[name] < follow:
                left[name] += 1
                ahead.append(link)


def name_of(url: str) -> str:
    """The name of a page of ours that may be opened by the way; "" for others."""
    try:
        name = resolve(url).url_name or ""
    except Resolver404:
        return ""
    return "" if name in NOT_FOLLOWED else name


def doors(site: Site, role: str) -> list[str]:
    """The addresses of the table that answer this role with a page. What the others answer is the same for
    everybody, as the sweep proves; forms about rules hold nothing about persons."""
    wanted = [case for case in CASES if case.name not in NOT_FOLLOWED and not RULE_FORM.match(case.name)]
    return [case.url(site.things) for case in wanted if case.expected("GET", role) in (200, 409)]


def doors_to_things(site: Site) -> list[str]:
    """The addresses that speak of one thing."""
    return [case.url(site.things) for case in CASES if case.missing and case.get != "405"]
