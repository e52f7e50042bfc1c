"""Sealed fields: the database never holds the plain text, and only the right key opens it."""

import stat
from pathlib import Path

import pytest
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import connection

from branchlife.sealing import CannotOpen, is_current, mark_of, seal, unseal
from meetings.models import Member
from tests.world import World

NUMBER, OTHER, PHONE = "110101198003077534", "110101199003070038", "13800138000"
COLUMN = "meetings.member.id_number"


@pytest.fixture
def member(world: World) -> Member:
    member = world.members[2]
    member.id_number, member.phone = NUMBER, PHONE
    member.save()
    return member


def stored(member: Member) -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number, phone FROM meetings_member WHERE id = %s", [member.pk])
        row: tuple[str, str] = cursor.fetchone()
    return row


def overwrite(member: Member, column: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE meetings_member SET {column} = %s WHERE id = %s", [value, member.pk])


@pytest.mark.django_db
class TestStored:
    def test_the_database_holds_no_plain_text(self, member: Member) -> None:
        for value, plain in zip(stored(member), (NUMBER, PHONE), strict=True):
            assert len(value) > 60
            assert plain not in value
        again = Member.objects.get(pk=member.pk)
        assert (again.id_number, again.phone) == (NUMBER, PHONE)

    def test_every_way_of_writing_seals(self, member: Member, world: World) -> None:
        Member.objects.filter(pk=member.pk).update(id_number=OTHER)
        assert OTHER not in stored(member)[0]
        member.id_number = NUMBER
        Member.objects.bulk_update([member], ["id_number"])
        assert Member.objects.get(id_number=NUMBER) == member
        twin = Member(name="甲", name_key="jia", joined_on=member.joined_on, id_number=OTHER)
        Member.objects.bulk_create([twin])
        assert OTHER not in stored(twin)[0]
        assert Member.objects.values_list("id_number", flat=True).get(pk=twin.pk) == OTHER

    def test_it_is_found_by_its_mark(self, member: Member) -> None:
        assert Member.objects.get(id_number=NUMBER) == member
        assert Member.objects.get(id_number__in=[OTHER, NUMBER]) == member
        assert not Member.objects.filter(id_number__in=[]).exists()
        assert not Member.objects.filter(id_number=OTHER).exists()
        assert Member.objects.exclude(id_number="").get() == member

    @pytest.mark.parametrize("lookup", ["contains", "startswith", "icontains", "regex", "gt", "iexact"])
    def test_nothing_else_can_be_asked(self, lookup: str) -> None:
        with pytest.raises(FieldError):
            Member.objects.filter(**{f"id_number__{lookup}": "11"})

    def test_a_value_carried_into_another_column_does_not_open(self, member: Member) -> None:
        overwrite(member, "phone", stored(member)[0])
        with pytest.raises(CannotOpen, match="phone"):
            Member.objects.get(pk=member.pk)

    def test_a_value_that_was_never_sealed_does_not_pass_for_one(self, member: Member) -> None:
        overwrite(member, "phone", PHONE)
        with pytest.raises(CannotOpen):
            Member.objects.get(pk=member.pk)


def test_a_changed_character_is_found() -> None:
    value = seal(NUMBER, COLUMN)
    assert unseal(value, COLUMN) == NUMBER
    other = "A" if value[40] != "A" else "B"
    with pytest.raises(CannotOpen):
        unseal(value[:40] + other + value[41:], COLUMN)


def test_two_seals_of_one_text_differ_and_have_one_mark() -> None:
    one, two = seal(NUMBER, COLUMN), seal(NUMBER, COLUMN)
    assert one != two
    assert one[:22] == two[:22] == mark_of(NUMBER, COLUMN)
    assert mark_of(NUMBER, "meetings.member.phone") != mark_of(NUMBER, COLUMN)


def test_without_keys_one_is_made_in_the_data_folder_and_kept(settings, tmp_path: Path) -> None:
    """So commands work with nothing but the database configured, and with or without SECRET_KEY alike."""
    settings.FIELD_KEYS, settings.INDEX_KEY = [], ""
    settings.FIELD_KEY_FILE = tmp_path / "field-key"
    value = seal(NUMBER, COLUMN)
    settings.SECRET_KEY = "another"
    assert unseal(value, COLUMN) == NUMBER
    assert value.startswith(mark_of(NUMBER, COLUMN))
    assert stat.S_IMODE(settings.FIELD_KEY_FILE.stat().st_mode) == 0o600
    settings.FIELD_KEY_FILE.unlink()
    with pytest.raises(CannotOpen):
        unseal(value, COLUMN)


class TestKeys:
    def test_the_old_key_opens_until_it_is_taken_out(self, settings) -> None:
        settings.FIELD_KEYS = ["old"]
        value = seal(NUMBER, COLUMN)
        settings.FIELD_KEYS = ["new", "old"]
        assert unseal(value, COLUMN) == NUMBER
        assert not is_current(value, COLUMN)
        settings.FIELD_KEYS = ["new"]
        with pytest.raises(CannotOpen):
            unseal(value, COLUMN)

    @pytest.mark.django_db
    def test_rotation_seals_everything_anew(self, settings, world: World, capsys) -> None:
        settings.FIELD_KEYS, settings.INDEX_KEY = ["old"], "one"
        member = world.members[2]
        member.id_number, member.phone = NUMBER, PHONE
        member.save()
        before = stored(member)
        settings.FIELD_KEYS, settings.INDEX_KEY = ["new", "old"], "two"
        assert not Member.objects.filter(id_number=NUMBER).exists(), "marked with the old key"
        call_command("rotate_keys")
        assert "meetings.member.id_number: 1 values" in capsys.readouterr().out
        settings.FIELD_KEYS = ["new"]
        assert Member.objects.get(id_number=NUMBER).phone == PHONE
        assert not set(before) & set(stored(member))
        call_command("rotate_keys")
        assert "meetings.member.id_number: 0 values" in capsys.readouterr().out


@pytest.mark.django_db
def test_the_index_is_used(member: Member) -> None:
    """Looking 900 numbers of a roster up must not read the whole table."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # this table is too small to be worth an index
    for rows in (Member.objects.filter(id_number=NUMBER), Member.objects.filter(id_number__in=[NUMBER])):
        assert "member_id_number_unique" in rows.order_by().explain()
