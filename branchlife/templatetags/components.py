"""Small pieces of the page that are nicer as a tag than as an include. See docs/components.md."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from django import template
from django.contrib.staticfiles import finders
from django.forms import BoundField
from django.template.loader import render_to_string
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from branchlife.action_names import name_of_action, name_of_subject, names_of_parts
from branchlife.matrix import Matrix, MatrixCell, MatrixRow

register = template.Library()

SPRITE = "vendor/bootstrap-icons/bootstrap-icons.svg"
SYMBOL = re.compile(r'<symbol[^>]*viewBox="([^"]+)"[^>]*id="([^"]+)"[^>]*>(.*?)</symbol>', re.DOTALL)

# Colour alone tells nothing to one man in twelve: each state has its own symbol.
STATE_ICONS = {
    "met": "check-lg",
    "due": "clock",
    "overdue": "exclamation-circle-fill",
    "info": "info-circle",
    "neutral": "circle",
    "none": "slash-circle",
}


@cache
def sprite() -> dict[str, SafeString]:
    """All icons by name, read once per process: inlined they cost no request and no 1 MB sprite."""
    found = finders.find(SPRITE)
    if not found:
        return {}
    symbols = SYMBOL.findall(Path(found).read_text(encoding="utf-8"))
    # Our own vendored file, pinned by checksum.
    return {name: mark_safe(f'viewBox="{box}">{body.strip()}') for box, name, body in symbols}  # noqa: S308


register.filter("action_name", name_of_action)
register.filter("subject_name", name_of_subject)
register.filter("part_names", names_of_parts)


@register.simple_tag
def icon(name: str, extra_class: str = "") -> SafeString:
    """A decorative icon; the words beside it carry the meaning. Unknown names render nothing."""
    drawing = sprite().get(name)
    if drawing is None:
        return SafeString()
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false" {}</svg>', extra_class, drawing
    )


@register.simple_tag
def status_tag(kind: str, label: Any) -> SafeString:
    """`kind` is met, due, overdue, info, neutral or none (not owed); anything else counts as neutral."""
    kind = kind if kind in STATE_ICONS else "neutral"
    return format_html('<span class="tag tag-{}">{}{}</span>', kind, icon(STATE_ICONS[kind]), label)


@register.simple_tag
def once() -> SafeString:
    """The one-time key of a form that makes something new (branchlife/once.py)."""
    return format_html('<input type="hidden" name="once" value="{}">', uuid4())


@register.simple_tag
def breadcrumb(*parts: Any) -> SafeString:
    """Label, address, label, address, …; a last label without an address is the page itself."""
    pairs = [(parts[i], parts[i + 1] if i + 1 < len(parts) else "") for i in range(0, len(parts), 2)]
    items = format_html_join("", "<li>{}</li>", ((_crumb(label, url),) for label, url in pairs))
    return format_html(
        '<nav class="breadcrumbs" aria-label="{}"><ol>{}</ol></nav>', gettext("Breadcrumb"), items
    )


def _crumb(label: Any, url: str) -> SafeString:
    if url:
        return format_html('<a href="{}">{}</a>', url, label)
    return format_html('<span aria-current="page">{}</span>', label)


@register.simple_tag
def progress(value: int, most: int, label: Any) -> SafeString:
    """A bar with its numbers beside it; `label` says what is counted."""
    return format_html(
        '<span class="progress-line"><progress value="{}" max="{}" aria-label="{}"></progress>{}/{}</span>',
        value,
        max(most, 1),
        label,
        value,
        most,
    )


@register.simple_tag
def form_field(field: BoundField, wide: bool = False) -> SafeString:
    """A crispy field with the reviewer's findings below it, taken from `form.findings[field name]`."""
    findings = getattr(field.form, "findings", {}).get(field.name, ())
    return render_to_string("components/field.html", {"field": field, "findings": findings, "wide": wide})


@register.simple_tag
def person_status(field: BoundField, groups: Mapping[str, str], person: str) -> SafeString:
    """The select of an attendance card. `groups` maps each value to present, excused, absent or exempt."""
    chosen = str(field.value() or "")
    options = format_html_join(
        "",
        '<option value="{}" data-group="{}"{}>{}</option>',
        (
            (value, groups.get(value, "absent"), " selected" if str(value) == chosen else "", label)
            for value, label in field.field.choices  # type: ignore[attr-defined]
            if value != ""
        ),
    )
    label = gettext("Attendance of %(person)s") % {"person": person}
    parts = (field.html_name, field.id_for_label, label, options)
    return format_html('<select name="{}" id="{}" aria-label="{}" data-person-status>{}</select>', *parts)


@register.simple_tag
def matrix(table: Matrix) -> SafeString:
    """The whole table joined in Python: a template tag per cell would cost ten times as much."""
    heads = "".join(f'<th scope="col">{escape(label)}</th>' for label in table.columns)
    totals = "".join(f'<th scope="col" class="matrix-total">{escape(label)}</th>' for label in table.totals)
    rows = "".join(_matrix_row(row) for row in table.rows)
    corner = (
        f'<th scope="col" class="matrix-head">{escape(table.corner)}</th>'
        if table.corner
        else '<td class="matrix-head"></td>'
    )
    wide = " matrix-wide" if table.totals else ""
    return mark_safe(  # noqa: S308 - every value above and below went through escape()
        f'<div class="matrix-wrap" role="region" tabindex="0" aria-label="{escape(table.caption)}">'
        f'<table class="matrix{wide}"><caption class="visually-hidden">{escape(table.caption)}</caption>'
        f"<thead><tr>{corner}{heads}{totals}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def _matrix_row(row: MatrixRow) -> str:
    label = f'<a href="{escape(row.url)}">{escape(row.label)}</a>' if row.url else escape(row.label)
    note = f"<small>{escape(row.note)}</small>" if row.note else ""
    cells = "".join(map(_matrix_cell, row.cells))
    totals = "".join(f'<td class="matrix-total">{escape(text)}</td>' for text in row.totals)
    return f'<tr><th scope="row" class="matrix-head">{label}{note}</th>{cells}{totals}</tr>'


def _matrix_cell(cell: MatrixCell) -> str:
    span = f' colspan="{cell.span}"' if cell.span > 1 else ""
    hint = f' title="{escape(cell.spoken)}"' if cell.spoken else ""
    inner: str = escape(cell.text)
    if not cell.text and cell.spoken:
        inner = f'<span class="visually-hidden">{escape(cell.spoken)}</span>'
    box = f'<a href="{escape(cell.url)}"{hint}>{inner}</a>' if cell.url else f"<span{hint}>{inner}</span>"
    return f'<td class="c-{escape(cell.state)}"{span}>{box}</td>'
