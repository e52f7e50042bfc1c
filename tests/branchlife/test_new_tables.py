"""Many new tables in one step: the same models and the same tables as one after the other, drawn once."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest import mock

import pytest
from django.db import connection, models
from django.db.migrations import AddField, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState

from branchlife.new_tables import CreateModels, in_one_step

COLUMNS = {"toy_box": {"id"}, "toy_ball": {"id", "box_id", "colour"}, "toy_label": {"id", "ball_id"}}


def a_table(name: str, *fields: tuple[str, models.Field]) -> CreateModel:
    return CreateModel(name, [("id", models.BigAutoField(primary_key=True)), *fields])


def belongs_to(name: str) -> models.ForeignKey:
    return models.ForeignKey(f"toy.{name}", models.CASCADE)


def toys() -> list[Operation]:
    return [
        a_table("Box"),
        a_table("Ball", ("box", belongs_to("box"))),
        AddField("Ball", "colour", models.CharField(max_length=9, default="红")),
        a_table("Label", ("ball", belongs_to("ball"))),
    ]


def tables() -> dict[str, set[str]]:
    with connection.cursor() as cursor:
        return {
            name: {each.name for each in connection.introspection.get_table_description(cursor, name)}
            for name in connection.introspection.table_names(cursor)
            if name.startswith("toy_")
        }


def test_only_tables_that_follow_each_other_are_one_step() -> None:
    steps = in_one_step(toys())
    assert [type(each) for each in steps] == [CreateModels, AddField, CreateModels]
    assert steps[0].describe() == "Create model Box; Create model Ball"


def test_the_models_are_the_same() -> None:
    single, together = ProjectState(), ProjectState()
    for operations, state in ((toys(), single), (in_one_step(toys()), together)):
        for each in operations:
            each.state_forwards("toy", state)
    assert together == single


@contextmanager
def drawn() -> Iterator[Counter[str]]:
    """How often each model is drawn meanwhile."""
    times, render = Counter[str](), ModelState.render

    def render_and_count(self: ModelState, apps: object) -> object:
        times[self.name] += 1
        return render(self, apps)

    with mock.patch.object(ModelState, "render", render_and_count):
        yield times


@pytest.mark.parametrize(("prepare", "balls"), [(in_one_step, 1), (list, 2)])
def test_a_model_is_drawn_once(prepare: Callable[[list[Operation]], list[Operation]], balls: int) -> None:
    """Django's own way, the control, draws the ball another time when its label is known."""
    state = ProjectState()
    assert state.apps  # drawn, as while migrations run
    with drawn() as times:
        for each in prepare([a_table("Ball"), a_table("Label", ("ball", belongs_to("ball")))]):
            each.state_forwards("toy", state)
            assert state.apps
    assert times["Ball"] == balls


@pytest.mark.django_db(transaction=True)
def test_the_tables_come_and_go() -> None:
    states = [ProjectState()]
    steps = in_one_step(toys())
    for each in steps:
        before = states[-1]
        after = before.clone()
        each.state_forwards("toy", after)
        with connection.schema_editor() as editor:
            each.database_forwards("toy", editor, before, after)
        states.append(after)
    assert tables() == COLUMNS
    for number in reversed(range(len(steps))):
        with connection.schema_editor() as editor:
            steps[number].database_backwards("toy", editor, states[number + 1], states[number])
    assert tables() == {}
