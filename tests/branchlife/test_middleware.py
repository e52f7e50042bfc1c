"""What every answer carries, and what no request may."""

import uuid

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from branchlife.audit import record_event
from branchlife.middleware import RequestFactsMiddleware, current_facts
from branchlife.models import AuditEvent
from tests.world import build_world

pytestmark = [pytest.mark.once, pytest.mark.django_db]


def test_every_answer_has_a_number_of_its_own(client: Client) -> None:
    first, second = (client.get("/healthz")["X-Request-Id"] for _time in range(2))
    assert uuid.UUID(first) != uuid.UUID(second)


def test_no_cache_keeps_a_page(client: Client) -> None:
    assert client.get("/healthz")["Cache-Control"] == "private, no-store"
    assert "private" in client.get("/sign-in/")["Cache-Control"]


def test_a_cache_rule_that_a_view_chose_stays() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"Cache-Control": "private, max-age=60"})

    answer = RequestFactsMiddleware(view)(RequestFactory().get("/"))
    assert answer["Cache-Control"] == "private, max-age=60"


def test_the_audit_trail_knows_the_request(client: Client) -> None:
    world = build_world()
    answer = client.post(
        "/sign-in/", {"username": "secretary", "password": "correct-horse-9", "next": "/healthz"}
    )
    event = AuditEvent.objects.get(action="session.begin")
    assert event.request_id == answer["X-Request-Id"]
    assert event.address == "127.0.0.1"
    outside = record_event(actor=None, action="job.done", subject=world.branch)
    assert (outside.request_id, outside.address) == ("", None)


def test_the_facts_end_with_the_request() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        assert current_facts().address == "127.0.0.1"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        RequestFactsMiddleware(view)(RequestFactory().get("/"))
    assert current_facts().request_id == ""


@pytest.mark.parametrize("address", ["/healthz?a=%00", "/healthz?a=1&a=b%00c", "/health%00z"])
def test_a_nul_character_is_a_bad_request(client: Client, address: str) -> None:
    assert client.get(address).status_code == 400


def test_other_strange_characters_are_let_through(client: Client) -> None:
    assert client.get("/healthz?a=%E2%80%8B&b=%EF%BC%91&c=%F0%AB%AC%8E").status_code == 200


@pytest.mark.parametrize(
    ("address", "back"),
    [
        ("/plans/7/step/approve/", "/plans/7/"),
        ("/notices/7/read/", "/notices/"),
        ("/sign-out/", "/"),
    ],
)
@pytest.mark.parametrize(
    ("language", "sentence"), [("zh-hans", "这是一个按钮的地址"), ("en", "address of a button")]
)
def test_the_address_of_a_button_says_so_and_leads_back(
    client: Client, address: str, back: str, language: str, sentence: str
) -> None:
    client.force_login(build_world().secretary)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    response = client.get(address)
    html = response.content.decode()
    assert (response.status_code, response["Allow"].startswith("POST")) == (405, True)
    assert sentence in html
    assert f'<a class="btn btn-primary" href="{back}">' in html


def test_a_visitor_reads_it_too(client: Client) -> None:
    response = client.get("/sign-out/")
    assert response.status_code == 405
    assert 'href="/"' in response.content.decode()


def test_a_page_that_takes_nothing_says_so(client: Client) -> None:
    client.force_login(build_world().administrator)
    response = client.post("/imports/template/roster.xlsx")
    assert response.status_code == 405
    assert "不接收提交的内容" in response.content.decode()
