"""Two lanes share the suite: no test may fall between them."""

import importlib.util
import os
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
    paths = [path for each in (suite.ONLY | suite.BESIDE).values() for path in each]
    assert len(suite.ONLY | suite.BESIDE) == len(suite.ONLY) + len(suite.BESIDE)
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


def test_what_runs_beside_runs_there_alone(suite: ModuleType) -> None:
    path = suite.BESIDE["Processes"][0]
    assert collected(ROOT / path, [f"--only={path}"])
    assert not collected(ROOT / path, ["--only=tests/faults/another.py"])
    for paths in suite.BESIDE.values():
        for name in suite.ONLY:
            assert {f"--ignore={each}" for each in paths} <= set(suite.share_of(name))


def test_a_queue_is_worked_off_one_after_the_other(suite: ModuleType) -> None:
    supervisor = suite.Supervisor(lambda _text: None)
    wait = "import sys, time; time.sleep(float(sys.argv[1])); print('=== 1 passed in 0.01s ===')"

    def child(name: str, seconds: float) -> object:
        argv = [sys.executable, "-c", wait, str(seconds)]
        return suite.Lane(name, suite.Child(name, argv, dict(os.environ), ROOT, stdout=subprocess.PIPE))

    first, second, other = child("first", 0.2), child("second", 0.1), child("other", 0.3)
    with supervisor.ending():
        suite.work_off(supervisor, [[first, second], [other]])
    assert [each.counts["passed"] for each in (first, second, other)] == [1, 1, 1]
    assert second.child.started >= first.child.started + first.seconds > other.child.started


def test_everything_runs_twice_if_asked(suite: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWICE", "1")
    assert [suite.share_of(name) for name in suite.ONLY] == [[], []]
