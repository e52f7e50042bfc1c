"""Made-up people. Every name, number and date here is invented; the same seed gives the same people."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from meetings.enums import Gender
from meetings.workbooks.identity import check_character

# No place on earth: real region codes end below 83, and no telephone number in use begins with 100.
REGION = "990199"
PHONE_PREFIX = "1000000"

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁许傅沈曾彭吕苏卢蒋贾魏薛叶阎"
GIVEN = {
    Gender.MALE: "伟磊洋勇杰涛超明刚辉鹏飞波斌宇浩凯健俊帆志远文博庆海林森栋梁恒峰晨旭",
    Gender.FEMALE: "芳娜敏静丽艳秀娟霞燕玲丹萍红玉兰梅琳雪慧莹佳欣怡雨桐思雅婷若晴岚婉清淑珍月云",
}
# Given names of one character are kept to rare ones: the common ones are too often somebody's.
SINGLE = {Gender.MALE: "珩砚澍昀骁屹", Gender.FEMALE: "沁珂曦蕖瑄苓"}
# Names that programs like to break: compound and rare surnames, characters beyond the first plane,
# a reading that differs in surnames, a dot between the parts. (name, gender, ethnicity)
SPECIAL = [
    ("欧阳若岚", Gender.FEMALE, "汉族"),
    ("司马景行", Gender.MALE, "汉族"),
    ("尉迟海峰", Gender.MALE, "汉族"),
    ("诸葛明远", Gender.MALE, "汉族"),
    ("单雅琴", Gender.FEMALE, "汉族"),
    ("曾庆禾", Gender.MALE, "汉族"),
    ("解语桐", Gender.FEMALE, "汉族"),
    ("区兆麟", Gender.MALE, "汉族"),
    ("仉思齐", Gender.MALE, "汉族"),
    ("逄喆", Gender.MALE, "汉族"),
    ("龚䶮", Gender.MALE, "汉族"),
    ("卢𬭎", Gender.MALE, "汉族"),
    ("古丽娜尔·艾尼瓦尔", Gender.FEMALE, "维吾尔族"),
    ("扎西顿珠", Gender.MALE, "藏族"),
    ("乌兰图雅", Gender.FEMALE, "蒙古族"),
    ("金顺姬", Gender.FEMALE, "朝鲜族"),
]


@dataclass(frozen=True)
class Person:
    name: str
    gender: Gender
    ethnicity: str
    born_on: date
    id_number: str
    phone: str
    joined_on: date


def people(rng: random.Random, today: date) -> Iterator[Person]:
    """Working people without end, no name twice; a special name about every sixth."""
    special = iter(rng.sample(SPECIAL, len(SPECIAL)))
    taken = {name for name, _gender, _ethnicity in SPECIAL}
    number = 0
    while True:
        number += 1
        chosen = next(special, None) if number % 6 == 4 else None
        yield _person(rng, today, number, chosen or _ordinary_name(rng, taken))


def aged(person: Person, years: int) -> Person:
    """The same person, born and admitted that many years earlier."""
    born, joined = _years_before(person.born_on, years), _years_before(person.joined_on, years)
    return Person(
        person.name, person.gender, person.ethnicity, born, id_number(born, _order_of(person.id_number)),
        person.phone, joined,
    )  # fmt: skip


def id_number(born_on: date, order: int) -> str:
    """18 characters with a right check digit; ``order`` is odd for men."""
    stem = f"{REGION}{born_on:%Y%m%d}{order:03d}"
    return stem + check_character(stem)


def _ordinary_name(rng: random.Random, taken: set[str]) -> tuple[str, Gender, str]:
    while True:
        gender = rng.choice([Gender.MALE, Gender.FEMALE])
        given = rng.choice(SINGLE[gender]) if rng.random() < 0.15 else "".join(rng.sample(GIVEN[gender], 2))
        name = rng.choice(SURNAMES) + given
        if name not in taken:
            taken.add(name)
            return name, gender, "汉族"


def _person(rng: random.Random, today: date, number: int, named: tuple[str, Gender, str]) -> Person:
    name, gender, ethnicity = named
    born_on = today - timedelta(days=rng.randint(29 * 365, 57 * 365))
    joined_on = born_on + timedelta(days=rng.randint(20 * 365, 26 * 365))
    order = number * 2 + (gender == Gender.MALE)
    phone = f"{PHONE_PREFIX}{number:04d}"
    return Person(name, gender, ethnicity, born_on, id_number(born_on, order), phone, joined_on)


def _order_of(number: str) -> int:
    return int(number[14:17])


def _years_before(day: date, years: int) -> date:
    return day - timedelta(days=round(years * 365.25))
