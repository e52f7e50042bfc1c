"""Every action the trail can hold has a name on the audit officer's page, in both languages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils import translation

from branchlife.action_names import is_named, name_of_action, name_of_subject, named_actions, names_of_parts
from meetings.services.imports.preview import ImportKind
from meetings.workflow import ExclusionAction
from reviews.workflow import INSPECTION, PLAN, RECORD, RECTIFICATION, VISIT
from tests.architecture.source import APPS, name_of, python_files

CODE = re.compile(r"[a-z_]+\.[a-z_]+")
WRITERS = ("record_event", "note_reading")
# Codes made of two parts at run time: the text before and after what is put in, and what that can be.
MADE = {
    ("import.", ""): set(ImportKind.values),
    ("exclusion.", ""): set(ExclusionAction.values),
    ("leave.", ""): {"grant", "refuse"},
    ("obligation.", ""): {"waive", "unwaive"},
    ("contact.", ""): {"create", "end", "visit", "hear", "solve"},
    ("transfer.", ""): {"return", "withdraw"},
}
TABLES = {
    "plan": PLAN, "meeting": RECORD, "rectification": RECTIFICATION, "inspection": INSPECTION, "visit": VISIT,
}  # fmt: skip
# Look like codes in the same files and are none: notices, tasks, templates.
OTHERS = {
    "branchlife.security", "delegation.given", "evaluation.json", "exclusion.adopted", "exclusion.approved",
    "exclusion.refused", "exclusion.requested", "leave.asked", "leave.granted", "leave.refused",
    "meetings.check_in", "meetings.poke_reminders", "meetings.run_imports",
}  # fmt: skip


def files() -> Iterator[tuple[Path, ast.Module]]:
    for path in python_files(*APPS):
        text = path.read_text(encoding="utf8")
        if any(word in text for word in WRITERS):
            yield path, ast.parse(text)


def written_codes() -> dict[str, str]:
    """Every literal that reads like a code in a file that writes to the trail, and where it stands."""
    return {
        node.value: name_of(path)
        for path, tree in files()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value)
    }


def made_codes() -> Iterator[tuple[str, str]]:
    """Codes put together at run time: the text before and after the gap."""
    for _path, tree in files():
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr) and len(node.values) == 2:
                first = node.values[0]
                if isinstance(first, ast.Constant) and re.fullmatch(r"[a-z_]+\.", str(first.value)):
                    yield str(first.value), ""


def test_every_code_that_is_written_has_a_name() -> None:
    codes = written_codes()
    assert len(codes) > 90
    assert {code: place for code, place in codes.items() if code not in OTHERS and not is_named(code)} == {}
    assert {code for code in OTHERS if is_named(code) or code not in codes} == set()  # needless exceptions


def test_so_has_every_code_that_is_made() -> None:
    assert set(made_codes()) <= set(MADE)
    made = {f"{before}{step}" for (before, _after), steps in MADE.items() for step in steps}
    made |= {f"{model}.{action.value}" for model, table in TABLES.items() for _state, action in table}
    assert {code for code in made if not is_named(code)} == set()


def test_names_are_chinese_in_chinese() -> None:
    for _area, _name, steps in named_actions():
        for code, _step in steps:
            with translation.override("zh-hans"):
                assert re.search(r"[\u4e00-\u9fff]", name_of_action(code)), code
                assert not re.search(r"[A-Za-z]", name_of_action(code)), name_of_action(code)
            with translation.override("en"):
                assert re.search(r"[A-Za-z]", name_of_action(code)), code


def test_so_have_the_things_it_was_done_to() -> None:
    with translation.override("zh-hans"):
        assert name_of_subject("meetings.meeting") == "会议"
        assert name_of_subject("meetings.gone") == "meetings.gone"
        assert name_of_subject("x") == "x"


def test_a_code_from_elsewhere_is_shown_as_it_is() -> None:
    assert name_of_action("plan.explode") == "plan.explode"
    assert name_of_action("nothing") == "nothing"


def test_what_changed_is_said_in_words() -> None:
    changed = ["state", "theme_day.notice", "theme_day.held", "deputy", "end_on", "nothing"]
    with translation.override("zh-hans"):
        told = names_of_parts("meetings.delegation", changed)
    assert told == ["状态", "程序步骤", "代审人", "止", "nothing"]
    assert names_of_parts("meetings.gone", ["end_on"]) == ["end_on"]


def written_parts() -> Iterator[str]:
    """Keys of the differences that are given word by word."""
    for path in python_files(*APPS):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
            if (
                isinstance(node, ast.keyword)
                and node.arg == "difference"
                and isinstance(node.value, ast.Dict)
            ):
                yield from (str(key.value) for key in node.value.keys if isinstance(key, ast.Constant))


def test_every_part_that_is_written_has_a_name() -> None:
    parts = set(written_parts())
    assert len(parts) > 30
    with translation.override("zh-hans"):
        unnamed = {part for part in parts if not re.search(r"[\u4e00-\u9fff]", names_of_parts("", [part])[0])}
    # Called as the field of its subject is.
    assert unnamed == {"caught_up_on", "full_member_on", "outcome"}
