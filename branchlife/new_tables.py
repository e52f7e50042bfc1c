"""Many new tables in one step of a migration.

Django draws every model anew that a new one is related to, and all that are related to those, after each
``CreateModel``. Here nearly everything is related to everything: drawing took two thirds of the time in which a new
site gets its tables.
"""

from collections.abc import Iterable

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


def in_one_step(operations: Iterable[Operation]) -> list[Operation]:
    """The operations of a migration, those of new tables that follow each other as one."""
    steps: list[Operation] = []
    for each in operations:
        if not isinstance(each, CreateModel):
            steps.append(each)
        elif steps and isinstance(steps[-1], CreateModels):
            steps[-1].operations.append(each)
        else:
            steps.append(CreateModels([each]))
    return steps


class CreateModels(Operation):
    """Several ``CreateModel``; the models are drawn once, when all are known."""

    def __init__(self, operations: list[CreateModel]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)  # drawn when somebody asks for it the next time
        for each in self.operations:
            each.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for each in self.operations:
            each.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for each in reversed(self.operations):
            each.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return "; ".join(each.describe() for each in self.operations)
