"""Two lanes share the suite: no test may fall between them."""

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import BROWSER_TESTS

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
    paths = [path for each in suite.ONLY.values() for path in each]
    assert all((ROOT / path).exists() for path in paths)
    assert len(paths) == len(set(paths))


def test_the_lane_without_plain_tests_is_given_none(suite: ModuleType) -> None:
    """What it alone runs stands in the browser's folder or needs a database, test by test."""
    assert "--only-database" in suite.left_to_the_other("PostgreSQL")
    for path in map(ROOT.joinpath, suite.ONLY["PostgreSQL"]):
        text = path.read_text("utf8")
        tests, marks = (
            len(re.findall(r"^def test_", text, re.MULTILINE)),
            text.count("@pytest.mark.django_db"),
        )
        all_marked = (
            re.search(r"^pytestmark = \[?pytest\.mark\.django_db", text, re.MULTILINE) or marks == tests
        )
        assert BROWSER_TESTS in path.parents or all_marked, path
