"""Whatever a service writes, it tells the audit trail, in the same transaction; exceptions are named here."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.architecture.source import APPS, ROOT, name_of, python_files

WRITES = {
    "save", "create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "delete", "add_root",
    "add_child", "move",
}  # fmt: skip
TELLS = "branchlife.audit.record_event"
# Services, or whole modules of them (with a dot at the end), that write without telling, and why they may.
UNTOLD = {
    "reviews.services.reminders.": "the ledger of reminders keeps its own account",
    "meetings.services.reminders.": "the ledger of reminders keeps its own account of what was sent when",
    "meetings.services.obligations.": "derived from rules and meetings, whose changes are told",
    "meetings.services.notices.": "a notice follows from an event that is told; reading it is nobody's business",
    "meetings.services.roster.transfer_notices.": "as notices",
    "meetings.services.quorum.": "as notices",
    "meetings.services.moved.": "as notices",
    "meetings.services.roster.help_signs.": "as notices, with an account of its own of what was told",
    "reviews.services.notices.": "as notices",
    "meetings.services.reconcile.reconcile": "as obligations; what was wrong is printed",
    "meetings.services.roster.changes.follow_ledger": "as obligations",
    "meetings.services.rulebook.remembered.": "a cache",
    "meetings.services.rulebook.versions.sync_under": "as obligations",
    "meetings.services.rulebook.seed.": "what the program brings along; local versions are told",
    "meetings.services.vote_rules.install_national_vote_rules": "what the program brings along",
    "meetings.services.workdays.install_calendar": "what the program brings along",
    "meetings.services.workdays.install_known_years": "what the program brings along",
    "meetings.services.imports.": "plans of an import: applying one is told by run_import, with what it changed",
    "meetings.services.demo_people.mark_as_demo": "the demonstration only",
    "meetings.services.archive.put_away": "part of the step into the archive, which tells its digest",
    "reviews.services.ratings.rate_meeting": "anonymous: a trail would tie the answer to its moment",
    # Parts of a change, called by the service that tells it as a whole:
    "meetings.services.attendance.": "part of writing the record",
    "meetings.services.checklists.give_steps": "part of scheduling and of writing the record",
    "reviews.services.likeness.compare_record": "an index, part of handing in a record",
    "meetings.services.record.claim_version": "part of every change of a meeting",
    "meetings.services.resolutions.hold_open": "a lock",
    "meetings.services.vote_counts.clear_results": "part of writing the record of a meeting held again",
    "meetings.services.roster.memberships.begin_membership": "part of adding, receiving and importing a member",
    "meetings.services.roster.memberships.continue_in": "part of a merger",
    "meetings.services.roster.memberships.leave_posts": "part of leaving and of a transfer",
    "reviews.services.chains.install_national_chains": "what the program brings along",
    "reviews.services.desks.": "part of the step that moves the paper",
    "reviews.services.snapshots.take_snapshot": "part of the step that hands it in",
}


@dataclass
class Function:
    """``calls`` are full names as far as imports tell."""

    name: str
    path: str
    writes: bool = False
    calls: set[str] = field(default_factory=set)
    is_atomic: bool = False

    @property
    def is_public(self) -> bool:
        return not self.name.rsplit(".", 1)[-1].startswith("_")


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def services() -> dict[str, Function]:
    found: dict[str, Function] = {}
    for path in python_files(*APPS):
        if "services" in path.parts and "demo" not in path.parts:
            for function in functions_of(ast.parse(path.read_text(encoding="utf8")), module_of(path)):
                function.path = name_of(path)
                found[function.name] = function
    return found


def functions_of(tree: ast.Module, module: str) -> Iterator[Function]:
    defined = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    names = {node.name: f"{module}.{node.name}" for node in defined}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    for node in defined:
        inside = list(ast.walk(node))
        writes = any(is_write(each) for each in inside if isinstance(each, ast.Call))
        atomic = any(isinstance(each, ast.Attribute) and each.attr == "atomic" for each in inside)
        yield Function(f"{module}.{node.name}", "", writes, set(named_in(inside, names)), atomic)


def named_in(nodes: list[ast.AST], names: dict[str, str]) -> Iterator[str]:
    """A function handed on (``write = a if … else b``) is as good as called."""
    for each in nodes:
        if isinstance(each, ast.Name) and each.id in names:
            yield names[each.id]
        elif isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id in names:
            yield f"{names[each.value.id]}.{each.attr}"


def is_write(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute):
        return False
    # ``update`` with names is a query set's; a dict's takes a value.
    return call.func.attr in WRITES or (call.func.attr == "update" and bool(call.keywords) and not call.args)


def reaches(found: dict[str, Function], name: str, goal: str | None, seen: set[str]) -> bool:
    """Whether the function, or one it calls, writes (``goal=None``) or calls the goal."""
    if name == goal:
        return True
    if name in seen or name not in found:
        return False
    seen.add(name)
    function = found[name]
    return (goal is None and function.writes) or any(
        reaches(found, call, goal, seen) for call in function.calls
    )


def untold(found: dict[str, Function]) -> set[str]:
    return {
        name
        for name, function in found.items()
        if function.is_public and reaches(found, name, None, set()) and not reaches(found, name, TELLS, set())
    }


def test_every_service_that_writes_tells_the_trail() -> None:
    found = services()
    assert len(found) > 200
    missing = untold(found)
    unexplained = [name for name in missing if not any(is_covered(name, each) for each in UNTOLD)]
    assert sorted(unexplained) == [], "call record_event in the same transaction, or give a reason"
    needless = [each for each in UNTOLD if not any(is_covered(name, each) for name in missing)]
    assert needless == [], "no longer an exception"


def test_a_service_that_tells_does_so_in_the_transaction_of_its_change() -> None:
    found = services()
    assert [
        name
        for name, function in found.items()
        if function.is_public and TELLS in function.calls and function.writes and not function.is_atomic
    ] == []


def is_covered(name: str, exception: str) -> bool:
    return name.startswith(exception) if exception.endswith(".") else name == exception


def test_a_service_that_tells_nothing_would_be_seen() -> None:
    text = """
from branchlife.audit import record_event

def honest(row):
    row.save()
    record_event(subject=row)

def _write(rows):
    rows.filter(a=1).update(b=2)

def silent(rows):
    _write(rows)

def reads(rows, facts):
    facts.update(rows)
"""
    found = {function.name: function for function in functions_of(ast.parse(text), "x.services.y")}
    assert untold(found) == {"x.services.y.silent"}


def test_chains_are_named_after_organizations_not_after_places() -> None:
    """A path changes when the subtree moves, and is given to the next organization at that place."""
    wrong = re.compile(r"record_event\([^)]*chain=[^,)]*path")
    files = [path for path in python_files(*APPS) if wrong.search(path.read_text(encoding="utf8"))]
    assert [name_of(path) for path in files] == [], "chain=organization.chain, not its path"
