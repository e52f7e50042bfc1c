""".env.example tells an administrator every variable the site reads, and none that it does not."""

import ast
import re

from tests.architecture.source import APPS, ROOT, name_of, python_files

READERS = {"text", "boolean", "integer", "choice", "words", "path"}


def variables_read(source: str) -> set[str]:
    """First arguments of env.text("NAME"), env.boolean("NAME") …"""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in READERS
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "env"
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }


def test_the_example_lists_exactly_what_is_read() -> None:
    listed = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf8"), re.MULTILINE)
    read = set().union(*(variables_read(path.read_text(encoding="utf8")) for path in python_files(*APPS)))
    assert len(listed) == len(set(listed))
    assert set(listed) == read


def test_every_variable_is_explained() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf8").splitlines()
    explained = False
    for line in lines:
        if re.match(r"[A-Z_]+=", line):
            assert explained, f"{line} has no comment above it"
        explained = bool(line.strip())


def test_only_one_module_looks_at_the_environment() -> None:
    others = [path for path in python_files(*APPS) if name_of(path) != "branchlife/env.py"]
    pattern = re.compile(r"os\.environ(?!\.setdefault\(\"DJANGO_SETTINGS_MODULE\")|os\.getenv")
    assert [name_of(path) for path in others if pattern.search(path.read_text(encoding="utf8"))] == []
