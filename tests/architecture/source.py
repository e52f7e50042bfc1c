"""The project's own files, as the architecture tests look at them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("branchlife", "meetings", "reviews")
CODE = (*APPS, "scripts", "benchmarks", "tests")


@dataclass(frozen=True)
class Function:
    path: str
    name: str
    lines: int

    def __str__(self) -> str:
        return f"{self.path}:{self.name} has {self.lines} lines"


def python_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path
    if "scripts" in folders:
        yield from (
            path for path in sorted((ROOT / "scripts").iterdir()) if path.is_file() and not path.suffix
        )


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions_in(text: str, path: str) -> Iterator[Function]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Function(path, node.name, (node.end_lineno or node.lineno) - node.lineno + 1)


def functions(*folders: str) -> Iterator[Function]:
    for path in python_files(*folders):
        yield from functions_in(path.read_text(encoding="utf8"), name_of(path))
