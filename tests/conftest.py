"""What every test may use. Markers, the order of the run, and how skips are judged."""

import copy
import gc
import os
import shutil
import zlib
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import translation

if TYPE_CHECKING:
    from tests.world import World  # needs Django, which a plain run of this file does without

REQUIRE_ALL = os.environ.get("REQUIRE_ALL", "") not in ("", "0")
# The same browser without a window of its own comes first: it takes two thirds of the time.
CHROMIUM_NAMES = (
    "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
)  # fmt: skip
gc.disable()  # until everything is loaded: see pytest_collection_finish
TESTS = Path(__file__).parent
ROOT = TESTS.parent
BROWSER_TESTS = TESTS / "browser"

# The same examples in every run, so that a red run means a change and not bad luck. A search for
# new ones: HYPOTHESIS_PROFILE=search .venv/bin/pytest …; "nightly" runs 2,000 new ones of each property.
hypothesis.settings.register_profile("usual", max_examples=50, derandomize=True, database=None, deadline=None)
hypothesis.settings.register_profile("search", max_examples=5000, deadline=None)
hypothesis.settings.register_profile("nightly", max_examples=2000, deadline=None, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "usual"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--share",
        metavar="N/M",
        help="of the tests that say nothing new on a second database (marked once, or without a database),"
        " only the files that fall to the Nth of M runs",
    )
    parser.addoption(
        "--whole", action="append", default=[], metavar="PATH", help="run all of these, whatever the share"
    )
    parser.addoption(
        "--only", action="append", default=[], metavar="PATH", help="of what is asked for, only these"
    )


def is_another(path: Path, config: pytest.Config) -> bool:
    only = config.getoption("--only")
    return bool(only) and not any(path.is_relative_to(ROOT / each) for each in only)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Saves reading them; a file named on the command line is read all the same."""
    return True if collection_path.is_file() and is_another(collection_path, config) else None


def takes_a_database(item: pytest.Item) -> bool:
    fixtures = {"db", "transactional_db", "django_db_setup"}
    return bool(item.get_closest_marker("django_db") or fixtures & set(getattr(item, "fixturenames", ())))


def says_nothing_new_twice(item: pytest.Item) -> bool:
    database = item.get_closest_marker("django_db")
    if database and database.kwargs.get("transaction"):
        return False  # people at the same time: there the databases differ
    return bool(item.get_closest_marker("once")) or not takes_a_database(item)


def falls_to(path: Path, share: str) -> bool:
    """By the name of the file, so that it is the same in every run: ``1/2`` and ``2/2`` together are all."""
    number, runs = map(int, share.split("/"))
    return zlib.crc32(path.relative_to(TESTS).as_posix().encode()) % runs == number - 1


def is_left_out(item: pytest.Item) -> bool:
    if is_another(item.path, item.config):
        return True
    if item.get_closest_marker("postgresql") and connection.vendor != "postgresql":
        return True
    share = item.config.getoption("--share")
    if not share or any(item.path.is_relative_to(ROOT / each) for each in item.config.getoption("--whole")):
        return False
    return says_nothing_new_twice(item) and not falls_to(item.path, share)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the browser tests and put them last.

    Playwright keeps an event loop running in the thread until the session ends; Django refuses
    ORM calls beside one, so nothing else may follow.
    """
    config.hook.pytest_deselected(items=[item for item in items if is_left_out(item)])
    items[:] = [item for item in items if not is_left_out(item)]
    for item in items:
        if BROWSER_TESTS in item.path.parents:
            item.add_marker(pytest.mark.browser)
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking it over for garbage again and again took a tenth of the run."""
    gc.freeze()
    gc.set_threshold(200_000, 10, 100)
    gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With REQUIRE_ALL=1 (the continuous integration) a test that did not run is a test that failed."""
    report = yield
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and REQUIRE_ALL=1 allows no skips: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if REQUIRE_ALL and report.outcome == "skipped":
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} was skipped, and REQUIRE_ALL=1 allows no skips: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How much was tried, not only that it passed: what tests say with ``record_property("figure", …)``."""
    reports = [report for each in terminalreporter.stats.values() for report in each]
    told = [
        value
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, value in report.user_properties
        if name == "figure"
    ]
    if told:
        terminalreporter.section("figures")
        terminalreporter.write("".join(f"{each}\n" for each in told))


def find_chromium() -> str | None:
    """Path of the Chromium to drive: $CHROMIUM, else the first usual name on PATH."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    return next((path for path in map(shutil.which, CHROMIUM_NAMES) if path), None)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    path = find_chromium()
    if path is None:
        pytest.skip(f"no Chromium: set CHROMIUM, or put one of {', '.join(CHROMIUM_NAMES)} on PATH")
    return path


@pytest.fixture(scope="session")
def redis_url() -> str:
    url = os.environ.get("TEST_REDIS_URL")
    if not url:
        pytest.skip("no Redis: `make test` starts one, or set TEST_REDIS_URL")
    return url


@pytest.fixture(scope="module")
def module_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """What a module's fixtures write on top of this is there for all its tests and taken back in the end."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def world_of_module(module_database: None) -> "World":
    from tests.world import build_world

    return build_world()


@pytest.fixture
def world(request: pytest.FixtureRequest, world_of_module: "World", db: None) -> "World":
    """A small committee: its rows are made once a module, its objects are each test's own. A test outside a
    transaction (``transaction=True``) needs a world of its own: build_world()."""
    database = request.node.get_closest_marker("django_db")
    assert not (database and database.kwargs.get("transaction")), "nobody else would see this world"
    return copy.deepcopy(world_of_module)


@pytest.fixture(scope="session", autouse=True)
def _ways_of_this_suite(django_test_environment: None) -> None:
    from tests.flush import empty_quickly  # needs Django, which a plain run of this file does without
    from tests.lean import keep_contexts_of_pages

    empty_quickly()
    keep_contexts_of_pages()


@pytest.fixture(autouse=True)
def _same_start_for_everybody() -> Iterator[None]:
    """The process-wide state a test could leave to the next one: language, cache."""
    translation.activate("zh-hans")
    yield
    cache.clear()
    translation.activate("zh-hans")
