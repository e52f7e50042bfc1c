"""docs/workflow.md is what the tables say."""

from io import StringIO
from pathlib import Path

from django.core.management import call_command

from reviews.management.commands.workflow_doc import WHO
from reviews.workflow import TABLES

DOCUMENT = Path(__file__).parents[2] / "docs" / "workflow.md"


def test_the_document_is_printed_from_the_tables() -> None:
    printed = StringIO()
    call_command("workflow_doc", stdout=printed)
    assert DOCUMENT.read_text(encoding="utf8") == printed.getvalue(), (
        "run: manage.py workflow_doc > docs/workflow.md"
    )


def test_a_step_that_is_missing_would_be_seen() -> None:
    text = DOCUMENT.read_text(encoding="utf8")
    for table in TABLES.values():
        for (state, action), step in table.items():
            assert f"    {state} --> {step.to_state}: {action}\n" in text
            assert step.allowed in WHO
