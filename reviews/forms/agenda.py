"""What a meeting said about each item it came back to."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms

from meetings.forms.fields import LineField
from reviews.models import Rectification

MOST = 30


@dataclass(frozen=True)
class AgendaRow:
    item: Rectification
    field: forms.BoundField


class AgendaForm(forms.Form):
    """One line an item (with ``noted``: what was written for this meeting before)."""

    def __init__(self, data: Any = None, *, items: Iterable[Rectification]) -> None:
        super().__init__(data, auto_id="agenda_%s")
        self.items = list(items)[:MOST]
        for item in self.items:
            field = LineField(label=item.problem, required=False, max_length=500)
            field.initial = item.noted or ""
            self.fields[_name(item)] = field

    @property
    def rows(self) -> list[AgendaRow]:
        return [AgendaRow(item, self[_name(item)]) for item in self.items]

    def said(self) -> dict[int, str]:
        return {item.pk: self.cleaned_data.get(_name(item), "") for item in self.items}


def _name(item: Rectification) -> str:
    return f"agenda-{item.pk}"
