"""Every kind of record says who may read it, and delicate fields are shown by one function only."""

import re

import pytest
from django.apps import apps

from meetings.confidential import NEVER_KEPT, RECORDS, Grade, masked
from tests.architecture.source import ROOT, name_of, python_files, templates


def models() -> list:
    return [model for app in ("meetings", "reviews") for model in apps.get_app_config(app).get_models()]


def test_every_record_has_its_class() -> None:
    """A new model: say in confidential.py of its app who may read it."""
    assert {model._meta.label_lower for model in models()} == set(RECORDS)


def test_what_is_read_has_a_scope() -> None:
    """A queryset without ``visible_to`` would be a second way in; parts are read through their whole."""
    parts = {
        "meetingpart", "meetingstep", "candidate", "writtenopinion", "standing", "post", "calendaryear", "movedday",
        "planitem", "planitempart", "transition", "finding", "rectificationnote",
        "evaluationmark", "likeness", "textband", "rated", "ratingcount", "letter", "reminder", "checkin",
        "requirement", "deadline", "voterule", "reminderrule", "helpsign", "ledgeryear", "addendum", "archive",
        "calendarfeed", "reminderpreference", "pulse",
        "snapshot", "stay", "frameentry", "visitanswer", "concern", "contactvisit",
    }  # fmt: skip
    without = {m._meta.model_name for m in models() if not hasattr(m._default_manager, "visible_to")}
    assert without <= parts


def test_of_a_secret_only_that_it_is_there() -> None:
    secret = [model for model in models() if RECORDS[model._meta.label_lower] == Grade.SECRET]
    assert secret
    for model in secret:
        names = {field.name for field in model._meta.get_fields()}
        assert not names & set(NEVER_KEPT), model


@pytest.mark.parametrize(
    ("value", "field", "seen"),
    [
        ("110101198003077534", "id_number", "110*************34"),
        ("110101800307753", "id_number", "110**********53"),
        ("13800138000", "phone", "138****8000"),
        ("12345", "phone", "*****"),
        ("", "phone", ""),
    ],
)
def test_masks(value: str, field: str, seen: str) -> None:
    assert masked(value, field) == seen


def test_no_page_shows_a_delicate_field_by_itself() -> None:
    pattern = re.compile(r"member\.(id_number|phone)\b|\.masked_id_number")
    for path in templates():
        assert not pattern.search(path.read_text(encoding="utf8")), name_of(path)
    allowed = {"meetings/forms/roster.py"}  # masks it in the help text
    views = [
        p
        for p in python_files("meetings", "reviews")
        if "/views" in str(p) or "/forms" in str(p) or "/documents" in str(p)
    ]
    found = {name_of(path) for path in views if pattern.search(path.read_text(encoding="utf8"))}
    assert found <= allowed
    assert (ROOT / "meetings/confidential.py").exists()
