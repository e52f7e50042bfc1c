"""Nobody is entered twice; what was written wrongly is mended; probationary members turn full."""

from datetime import date, timedelta

import pytest

from branchlife.models import AuditEvent
from meetings.models import Member, Membership, Organization
from meetings.services.roster.people import (
    ChangedSince,
    MemberFacts,
    add_member,
    correct_facts,
    facts_seen,
    find_people,
    turn_full,
)
from tests.meetings.roster_changes import NOW, TODAY, refused
from tests.world import World, appoint, make_member, make_user

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 2)
FACTS = MemberFacts(name="陈军", joined_on=date(2012, 5, 1), born_on=date(1988, 3, 4))
ID_NUMBER, OTHER_NUMBER = "110101198803040014", "110101198803040022"


def add(world: World, facts: MemberFacts = FACTS, *, day: date = DAY, **said: bool) -> Member:
    return add_member(
        facts=facts, organization=world.branch, day=day, actor=world.administrator, now=NOW, **said
    )


def fresh(member: Member) -> Member:
    return Member.objects.get(pk=member.pk)


def changed(**facts: object) -> MemberFacts:
    return MemberFacts(**(FACTS.__dict__ | facts))


def correct(world: World, member: Member, **changes: object) -> list[str]:
    seen = facts_seen(fresh(member))
    return correct_facts(member=member, changes=changes, seen=seen, actor=world.administrator, now=NOW)


def test_a_new_member(world: World) -> None:
    member = add(world, changed(name="司马𬭎"))
    row = Membership.objects.get(member=member)
    assert (row.organization, row.start_on, row.end_on) == (world.branch, DAY, None)
    assert member.name_key.startswith("si ma")
    assert AuditEvent.objects.get(action="member.add").difference == {"from": "2026-11-02"}


def test_a_namesake_is_asked_about(world: World) -> None:
    with refused("如确为另一人"):
        add(world)
    other = add(world, is_another=True)
    assert Member.objects.filter(name="陈军").count() == 2
    with refused("身份证号"):
        add(world, is_another=True)  # the same form once more
    Member.objects.filter(pk=other.pk).update(id_number=ID_NUMBER)
    add(world, changed(id_number=OTHER_NUMBER), is_another=True)


def test_a_namesake_born_on_another_day_is_another_person(world: World) -> None:
    Member.objects.filter(name="陈军").update(born_on=date(1970, 1, 1))
    add(world)


def test_a_namesake_outside_the_scope_is_not_shown(world: World) -> None:
    """The administrator of one general branch adds somebody whom another one has."""
    committee = Organization.objects.get(pk=world.committee.pk)
    other = Organization.objects.add_child(
        committee, {"name": "某总支", "kind": "general_branch", "founded_on": date(2015, 7, 1)}
    )
    branch = Organization.objects.add_child(
        other, {"name": "某支部", "kind": "branch", "founded_on": date(2015, 7, 1)}
    )
    administrator = make_user("gb_admin")
    appoint(administrator, other, "administrator")
    with refused("管理范围之外"):
        add_member(facts=FACTS, organization=branch, day=DAY, actor=administrator, now=NOW)
    with refused("已有陈军"):
        add_member(facts=FACTS, organization=branch, day=DAY, actor=world.administrator, now=NOW)
    make_member("外人", world.other_branch)
    add_member(
        facts=changed(name="外人"), organization=branch, day=DAY, actor=administrator, now=NOW
    )  # another tree is another world


def test_facts_that_cannot_be(world: World) -> None:
    for facts, words in (
        (changed(name="甲", joined_on=date(1980, 1, 1)), "出生"),
        (changed(name="乙", full_member_on=date(2011, 1, 1)), "不能早于"),
        (changed(name="丙", full_member_on=TODAY + timedelta(days=1)), "还没有到"),
        (changed(name="丁", joined_on=DAY + timedelta(days=1)), "入党"),
    ):
        with refused(words):
            add(world, facts)
    Member.objects.filter(pk=world.other_members[1].pk).update(id_number=ID_NUMBER)
    with refused("身份证号"):
        add(world, changed(name="戊", id_number=ID_NUMBER))
    with refused("还没有到"):
        add(world, changed(name="己"), day=TODAY + timedelta(days=1))
    assert not Member.objects.filter(name__in="甲乙丙丁戊己").exists()


@pytest.mark.parametrize(
    ("dates", "words"),
    [
        ({"joined_on": date(2006, 3, 3)}, "入党时未满18岁"),
        ({"joined_on": date(1993, 5, 1)}, "入党时未满18岁"),
        ({"full_member_on": date(2012, 6, 1)}, "预备期为一年"),
        ({"full_member_on": date(2013, 4, 30)}, "预备期为一年"),
    ],
)
def test_dates_out_of_the_ordinary_are_asked_about(world: World, dates: dict, words: str) -> None:
    with refused(words):
        add(world, changed(name="甲", **dates))
    member = add(world, changed(name="甲", **dates), is_as_filed=True)
    assert correct(world, member, phone="13800138000") == ["phone"], "what was confirmed is not asked again"


def test_dates_in_the_order_of_the_rules(world: World) -> None:
    add(world, changed(name="甲", joined_on=date(2006, 3, 4), full_member_on=date(2007, 3, 4)))
    add(world, changed(name="乙", joined_on=date(2012, 7, 15), full_member_on=date(2013, 7, 1)))
    # From 1969 to 1977 nobody was on probation.
    old = {"born_on": date(1950, 1, 1), "joined_on": date(1971, 7, 1), "full_member_on": date(1971, 7, 1)}
    add(world, changed(name="丙", **old))
    with refused("1921年7月1日"):
        add(world, changed(name="丁", born_on=None, joined_on=date(1912, 5, 1)), is_as_filed=True)
    with refused("入党时未满18岁"):
        correct(world, world.members[2], born_on=date(1995, 1, 1))
    member = add(world, changed(name="戊", joined_on=date(2026, 6, 1)))
    with refused("预备期为一年"):
        turn_full(member=member, day=DAY, actor=world.administrator, now=NOW)


def test_people_are_found_by_character_and_by_sound(world: World) -> None:
    everybody = Member.objects.visible_to(world.administrator)
    assert [each.name for each in find_people(name="陈君", people=everybody)] == ["陈军"]
    assert {each.name for each in find_people(name="浩", people=everybody)} == {"曾浩", "黄峰浩"}
    assert not find_people(name="外党员", people=everybody)
    assert not find_people(name="!!", people=everybody)


def test_a_correction_tells_what_differed_and_no_number(world: World) -> None:
    chen = world.members[2]
    assert correct(world, chen, name="陈均", id_number=ID_NUMBER, phone="13800138000") == [
        "name", "id_number", "phone",
    ]  # fmt: skip
    difference = AuditEvent.objects.get(action="member.correct").difference
    assert difference == {"name": ["陈军", "陈均"], "id_number": True, "phone": True}
    assert fresh(chen).name_key.startswith("chen jun|陈均")
    assert correct(world, chen, name="陈均") == []


def test_of_two_corrections_the_later_must_look_again(world: World) -> None:
    chen = world.members[2]
    seen = facts_seen(fresh(chen))
    correct(world, chen, phone="13800138000")
    with pytest.raises(ChangedSince):
        correct_facts(member=chen, changes={"phone": ""}, seen=seen, actor=world.administrator, now=NOW)
    assert fresh(chen).phone == "13800138000"
    assert "13800138000" not in facts_seen(fresh(chen))


def test_corrections_that_are_refused(world: World) -> None:
    chen = world.members[2]
    with refused("入党日期不能更晚"):
        correct(world, chen, joined_on=date(2016, 1, 2), full_member_on=date(2017, 1, 2))
    with refused("不能早于"):
        correct(world, chen, full_member_on=date(2009, 1, 1))
    with refused("还没有到"):
        correct(world, chen, full_member_on=TODAY + timedelta(days=1))
    assert fresh(chen).full_member_on == date(2011, 1, 1)


def test_turning_full(world: World) -> None:
    probationary = world.members[8]
    with refused("不能早于"):
        turn_full(member=probationary, day=date(2009, 1, 1), actor=world.administrator, now=NOW)
    with refused("还没有到"):
        turn_full(member=probationary, day=TODAY + timedelta(days=1), actor=world.administrator, now=NOW)
    turn_full(member=probationary, day=DAY, actor=world.administrator, now=NOW)
    assert fresh(probationary).full_member_on == DAY
    with refused("已是正式党员"):
        turn_full(member=probationary, day=DAY, actor=world.administrator, now=NOW)
