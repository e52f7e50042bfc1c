"""The vendored files are the ones that were fetched: nobody edited them, nothing was added."""

import base64
import hashlib
import json

from tests.architecture.source import ROOT

VENDOR = ROOT / "static" / "vendor"
PACKAGES = json.loads((VENDOR / "VENDOR.json").read_text(encoding="utf8"))


def sha384(content: bytes) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


def test_the_sums_match() -> None:
    written = {name: total for package in PACKAGES for name, total in package["files"].items()}
    found = {
        path.relative_to(VENDOR).as_posix(): sha384(path.read_bytes())
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "VENDOR.json"
    }
    assert found == written


def test_every_package_brings_its_licence() -> None:
    for package in PACKAGES:
        assert package["version"]
        assert package["licence"]
        assert f"{package['name']}/LICENSE" in package["files"]
