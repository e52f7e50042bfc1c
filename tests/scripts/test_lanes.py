"""Two lanes share the suite: no test may fall between them."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import falls_to

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def suite() -> ModuleType:
    sys.path.insert(0, str(ROOT / "scripts"))
    spec = importlib.util.spec_from_file_location("suite", ROOT / "scripts" / "suite.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["suite"] = module
    spec.loader.exec_module(module)
    sys.path.remove(str(ROOT / "scripts"))
    return module


def test_what_runs_in_one_lane_is_there_and_in_no_other(suite: ModuleType) -> None:
    paths = [path for each in (*suite.ONLY.values(), suite.PROCESSES) for path in each]
    assert all((ROOT / path).exists() for path in paths)
    assert len(paths) == len(set(paths))


def test_the_shares_together_are_all(suite: ModuleType) -> None:
    """Each file falls to one lane and no other, and both have something to do."""
    shares = [suite.share_of(name)[0].removeprefix("--share=") for name in suite.ONLY]
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    fallen = [[share for share in shares if falls_to(path, share)] for path in files]
    assert all(len(each) == 1 for each in fallen)
    assert min(fallen.count([share]) for share in shares) > len(files) / 4


SAMPLE = """
import pytest

def test_plain(): pass

@pytest.mark.once
@pytest.mark.django_db
def test_page(): pass

@pytest.mark.django_db
def test_rows(): pass
"""


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--share=OTHER"], "test_rows"),
        (["--share=OTHER", "--whole=FILE"], "test_plain test_page test_rows"),
    ],
)
def test_what_is_dealt_out_runs_in_its_lane_alone(options: list[str], expected: str) -> None:
    path = ROOT / "tests" / "scripts" / "test_sample_of_a_share.py"
    mine = next(share for share in ("1/2", "2/2") if falls_to(path, share))
    other = "1/2" if mine == "2/2" else "2/2"
    words = {"MINE": mine, "OTHER": other, "FILE": str(path.relative_to(ROOT))}
    for word, value in words.items():
        options = [option.replace(word, value) for option in options]
    path.write_text(SAMPLE, encoding="utf8")
    try:
        assert sorted(collected(path, options)) == sorted(expected.split())
    finally:
        path.unlink()


def collected(path: Path, options: list[str]) -> list[str]:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, *options, str(path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return re.findall(r"::(test_\w+)", done.stdout)


def test_processes_run_in_their_lane_alone(suite: ModuleType) -> None:
    path = ROOT / suite.PROCESSES[0]
    assert collected(path, [f"--only={suite.PROCESSES[0]}"])
    assert not collected(path, ["--only=tests/faults/another.py"])
    for name in suite.ONLY:
        assert {f"--ignore={each}" for each in suite.PROCESSES} <= set(suite.share_of(name))


def test_everything_runs_twice_if_asked(suite: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWICE", "1")
    assert [suite.share_of(name) for name in suite.ONLY] == [[], []]
