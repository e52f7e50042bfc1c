"""Two offices that draw the same branch in the same moment, each with a connection of its own."""

from threading import Event, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from branchlife.models import User
from meetings.models import Organization
from reviews.models import Inspection, Visit
from reviews.services.inspections.rounds import InspectionTerms, draw_inspection, open_inspection
from tests.reviews.chains import build_chained, fresh
from tests.reviews.inspecting import TERMS
from tests.reviews.planning import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def opened(organization: Organization, reviewer: User, number: int) -> Inspection:
    terms = InspectionTerms(**TERMS | {"cap": 1, "number": number})
    return open_inspection(organization=organization, terms=terms, actor=reviewer, now=NOW)


def test_the_cap_of_the_year_holds_between_two_offices() -> None:
    chained = build_chained()
    committee = chained.world.committee
    above = opened(committee, chained.last, number=3)
    below = opened(chained.general_branch, chained.first, number=1)
    drawn, answers = Event(), []

    def draw_and_linger() -> None:
        with transaction.atomic():
            draw_inspection(inspection=above, version=1, actor=fresh(chained.last), now=NOW)
            drawn.set()
            drawn_too.wait(0.7)  # the other one is at it, and not done before this one is
        connection.close()

    def draw_too() -> None:
        drawn.wait(10)
        try:
            draw_inspection(inspection=below, version=1, actor=fresh(chained.first), now=NOW)
        except ValidationError as refusal:
            answers.extend(refusal.messages)
        drawn_too.set()
        connection.close()

    drawn_too = Event()
    threads = [Thread(target=draw_and_linger), Thread(target=draw_too)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert Visit.objects.filter(organization=chained.branch).count() == 1
    assert len(answers) == 1
    assert "业务处党支部" in answers[0]
