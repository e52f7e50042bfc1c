"""Chinese by default, English by choice."""

import pytest
from django.test import Client

pytestmark = [pytest.mark.once, pytest.mark.django_db]


def test_english_browser_still_gets_chinese(client: Client) -> None:
    response = client.get("/healthz", headers={"accept-language": "en-US,en;q=0.9"})
    assert response["Content-Language"] == "zh-hans"


def test_chosen_language_is_kept(client: Client) -> None:
    client.post("/i18n/setlang/", {"language": "en", "next": "/healthz"})
    assert client.get("/healthz")["Content-Language"] == "en"


def test_unknown_language_is_ignored(client: Client) -> None:
    client.cookies["django_language"] = "xx-nonsense"
    assert client.get("/healthz")["Content-Language"] == "zh-hans"
