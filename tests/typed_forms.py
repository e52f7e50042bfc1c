"""What a browser would send: the fields of a form as the page rendered them."""

import re
from html.parser import HTMLParser

from django.http import HttpResponse


class _Forms(HTMLParser):
    """Every form of a page: its address and the values that stand in its fields."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, list[str]]]] = []
        self._inside = False
        self._select: tuple[str, list[str], list[str]] | None = None
        self._area: tuple[str, list[str]] | None = None
        self._template = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "template":
            self._template += 1
        if tag == "form":
            self.forms.append((found.get("action") or "", {}))
            self._inside = True
        if not self._inside or self._template:
            return
        name = found.get("name")
        if tag == "input" and name:
            self._input(name, found)
        elif tag == "select" and name:
            self._select = (name, [], [])
        elif tag == "option" and self._select:
            self._select[1].append(found.get("value") or "")
            if "selected" in found:
                self._select[2].append(found.get("value") or "")
        elif tag == "textarea" and name:
            self._area = (name, [])

    def _input(self, name: str, found: dict[str, str | None]) -> None:
        if found.get("type") in ("checkbox", "radio") and "checked" not in found:
            return
        self._put(name, found.get("value") or ("on" if found.get("type") == "checkbox" else ""))

    def handle_data(self, data: str) -> None:
        if self._area:
            self._area[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._template -= 1
        elif tag == "form":
            self._inside = False
        elif tag == "select" and self._select:
            name, options, chosen = self._select
            for value in chosen or options[:1]:
                self._put(name, value)
            self._select = None
        elif tag == "textarea" and self._area:
            self._put(self._area[0], "".join(self._area[1]).lstrip("\n"))
            self._area = None

    def _put(self, name: str, value: str) -> None:
        self.forms[-1][1].setdefault(name, []).append(value)


def shown_form(response: HttpResponse, action: str = "", **typed: object) -> dict[str, object]:
    """The fields of the post form with this address (the page itself), with what somebody typed over them."""
    page = _Forms()
    page.feed(response.content.decode())
    fields = next(
        values for address, values in page.forms if address == action and "csrfmiddlewaretoken" in values
    )
    data: dict[str, object] = {
        name: values if len(values) > 1 else values[0]
        for name, values in fields.items()
        if name != "csrfmiddlewaretoken"
    }
    return data | {name.replace("__", "-"): value for name, value in typed.items()}


def typed_forms(response: HttpResponse) -> list[tuple[str, dict[str, list[str]]]]:
    """Every form of a page: its address ("" is the page itself) and the values that stand in its fields."""
    page = _Forms()
    page.feed(response.content.decode())
    return page.forms


def body_without_tokens(response: HttpResponse, path: str) -> str:
    """The page without what differs each time: the guard tokens, and its own address."""
    text = re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]*', r"\1", response.content.decode())
    return text.replace(path, "")
