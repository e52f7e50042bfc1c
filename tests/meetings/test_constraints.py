"""The database itself refuses what must not be, whatever the code above it does.

For every named constraint a row is changed (or copied) past all Python: the fault is refused in the
constraint's name, and the nearest thing that is right is accepted. A new constraint without a line fails.
"""

import copy
import re
from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from tests.branchlife.constraint_audit import AUDIT_CASES, audit_rows
from tests.meetings.constraint_access import ACCESS_CASES, access_rows
from tests.meetings.constraint_archive import ARCHIVE_CASES, archive_rows
from tests.meetings.constraint_cases import CASES as FIRST_CASES
from tests.meetings.constraint_cases import Check, Row, Values
from tests.meetings.constraint_cases_votes import VOTE_CASES
from tests.meetings.constraint_check import CHECK_CASES, check_rows
from tests.meetings.constraint_check_in import CHECK_IN_CASES, check_in_rows
from tests.meetings.constraint_contacts import CONTACT_CASES, contact_rows
from tests.meetings.constraint_help import HELP_CASES, help_rows
from tests.meetings.constraint_inspections import INSPECTION_CASES, inspection_rows
from tests.meetings.constraint_rectification import RECTIFICATION_CASES, rectification_rows
from tests.meetings.constraint_reminders import REMINDER_CASES, reminder_rows
from tests.meetings.constraint_review import REVIEW_CASES, review_rows
from tests.meetings.constraint_rows import Rows, build_rows
from tests.meetings.constraint_rows_votes import vote_rows
from tests.meetings.constraint_steps import STEP_CASES, step_rows
from tests.world import build_world

CASES = (
    FIRST_CASES
    | VOTE_CASES
    | STEP_CASES
    | ACCESS_CASES
    | RECTIFICATION_CASES
    | CHECK_CASES
    | CHECK_IN_CASES
    | HELP_CASES
    | REMINDER_CASES
    | AUDIT_CASES
    | ARCHIVE_CASES
    | REVIEW_CASES
    | INSPECTION_CASES
    | CONTACT_CASES
)
APPS = ("branchlife", "meetings", "reviews")


@pytest.fixture(scope="module")
def rows(module_database: None) -> Rows:
    world = build_world()
    rows = build_rows(world)
    rows |= vote_rows(world, rows) | step_rows(rows) | rectification_rows(world, rows)
    rows |= audit_rows(rows) | archive_rows(rows) | inspection_rows(world) | contact_rows(world)
    rows |= help_rows(rows) | check_rows(world, rows)
    rows |= check_in_rows(rows) | reminder_rows(world, rows) | access_rows(world, rows)
    return rows | review_rows(world, rows)


def own_constraints() -> dict[str, type[models.Model]]:
    found = (model for app in APPS for model in apps.get_app_config(app).get_models())
    return {constraint.name: model for model in found for constraint in model._meta.constraints}


def test_every_constraint_is_tried() -> None:
    assert set(CASES) == set(own_constraints())


def test_every_constraint_is_named_for_what_it_keeps() -> None:
    assert [name for name in own_constraints() if not re.fullmatch(r"[a-z]+(_[a-z]+)+", name)] == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", CASES)
def test_the_database_refuses_the_fault_and_nothing_else(name: str, rows: Rows) -> None:
    case, model = CASES[name], own_constraints()[name]
    assert isinstance(rows[case.row], model)
    attempt = change if isinstance(case, Check) else add_copy
    with pytest.raises(IntegrityError) as refusal:
        attempt_now(attempt, rows, case.row, case.wrong)
    assert is_about(str(refusal.value), name, model)
    attempt_now(attempt, rows, case.row, case.right)


def attempt_now(attempt: Callable[..., None], rows: Rows, row: str, values: Values) -> None:
    real = {key: rows[value.name] if isinstance(value, Row) else value for key, value in values.items()}
    with transaction.atomic():
        attempt(rows[row], real)
        transaction.set_rollback(True)


def change(row: models.Model, values: Values) -> None:
    assert type(row)._base_manager.filter(pk=row.pk).update(**values) == 1


def add_copy(row: models.Model, values: Values) -> None:
    twin = copy.copy(row)
    twin.pk = None
    twin._state = copy.copy(row._state)
    twin._state.adding = True
    for key, value in values.items():
        setattr(twin, key, value)
    # Past every save() and full_clean().
    type(row)._base_manager.bulk_create([twin])


def is_about(message: str, name: str, model: type[models.Model]) -> bool:
    """SQLite names the columns of a unique index instead of the index."""
    if name in message:
        return True
    constraint = next(each for each in model._meta.constraints if each.name == name)
    if connection.vendor != "sqlite" or not isinstance(constraint, models.UniqueConstraint):
        return False
    table = model._meta.db_table
    columns = (f"{table}.{model._meta.get_field(each).column}" for each in constraint.fields)
    return message == f"UNIQUE constraint failed: {', '.join(columns)}"
