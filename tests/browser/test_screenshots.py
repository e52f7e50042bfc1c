"""The pictures of the README come from the demonstration, and can be taken again by anybody."""

import re
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.demo import demonstration

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "screenshots"
IMAGES = ROOT / "docs" / "images"


@pytest.fixture
def demo(live_server: Any, settings: Any) -> Iterator[None]:
    with demonstration(settings):
        yield


def take(*arguments: str, chromium: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *arguments]
    environment = {"PATH": str(Path(chromium).parent), "CHROMIUM": chromium}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


def size_of(picture: Path) -> tuple[int, int]:
    head = picture.read_bytes()[:24]
    assert head.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", head[16:24])
    return int(width), int(height)


def test_the_script_takes_pictures(demo: None, live_server: Any, chromium_path: str, tmp_path: Path) -> None:
    done = take("--url", live_server.url, "--folder", str(tmp_path), "--only", "workbench", "record-phone",
                chromium=chromium_path)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"workbench.png", "record-phone.png"}
    assert size_of(tmp_path / "workbench.png") == (1400, 900)
    assert size_of(tmp_path / "record-phone.png") == (780, 1688)
    assert "工作台" in done.stdout


def test_it_takes_none_of_a_real_site(live_server: Any, chromium_path: str, tmp_path: Path) -> None:
    done = take(
        "--url", live_server.url, "--folder", str(tmp_path), "--only", "workbench", chromium=chromium_path
    )
    assert done.returncode == 1
    assert "is it the demonstration?" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_picture_is_named(chromium_path: str, tmp_path: Path) -> None:
    done = take("--folder", str(tmp_path), "--only", "sunset", chromium=chromium_path)
    assert done.returncode == 1
    assert "unknown: sunset" in done.stderr


def test_every_picture_is_there_and_none_is_left_over() -> None:
    named = set(re.findall(r'Picture\(\s*"([a-z-]+)"', SCRIPT.read_text(encoding="utf8")))
    assert {path.stem for path in IMAGES.glob("*.png")} == named
    assert len(named) >= 8


def test_the_readmes_show_pictures_that_exist() -> None:
    for readme in ("README.md", "README.zh-hans.md"):
        shown = re.findall(r"docs/images/[\w.-]+", (ROOT / readme).read_text(encoding="utf8"))
        assert shown, readme
        assert [name for name in shown if not (ROOT / name).exists()] == []
