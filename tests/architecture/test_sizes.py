"""A file or function that outgrows these sizes holds more than one thought."""

from statistics import median

from tests.architecture.source import (
    APPS,
    CODE,
    Function,
    functions,
    functions_in,
    name_of,
    python_files,
    templates,
)

LONGEST_FILE = 400
LONGEST_TEMPLATE = 200
LONGEST_FUNCTION = 50
LONGEST_VIEW = 20
USUAL_FUNCTION = 8
CATCH_ALL_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}


def longer(found: list[Function], limit: int) -> list[str]:
    return [str(function) for function in found if function.lines > limit]


def test_no_file_is_over_the_limit() -> None:
    lengths = {
        name_of(path): len(path.read_text(encoding="utf8").splitlines()) for path in python_files(*CODE)
    }
    assert lengths, "no source found"
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_no_template_is_over_the_limit() -> None:
    lengths = {name_of(path): len(path.read_text(encoding="utf8").splitlines()) for path in templates()}
    assert lengths, "no template found"
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_TEMPLATE} == {}


def test_no_function_is_over_the_limit() -> None:
    assert longer(list(functions(*CODE)), LONGEST_FUNCTION) == []


def test_no_view_is_over_the_limit() -> None:
    views = [each for each in functions(*APPS) if "/views" in each.path]
    assert views, "no view found"
    assert longer(views, LONGEST_VIEW) == []


def test_the_usual_function_is_short() -> None:
    assert median(each.lines for each in functions(*APPS)) <= USUAL_FUNCTION


def test_a_long_function_would_be_seen() -> None:
    text = "class A:\n    def long(self):\n" + "        x = 1\n" * LONGEST_FUNCTION
    assert longer(list(functions_in(text, "a.py")), LONGEST_FUNCTION) == ["a.py:long has 51 lines"]


def test_no_module_is_a_box_for_everything() -> None:
    assert [
        name_of(path) for path in python_files(*CODE) if CATCH_ALL_NAMES & {path.stem, path.parent.name}
    ] == []
