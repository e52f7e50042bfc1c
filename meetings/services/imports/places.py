"""Finding organizations and groups by what sheets call them."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from branchlife.enumeration import enumerated
from branchlife.models import User
from meetings.enums import Role
from meetings.models import Organization, PartyGroup
from meetings.models.organization import STEP
from meetings.scope import scope_of
from meetings.services.imports.batches import batches
from meetings.workbooks.problems import BadValue
from meetings.workbooks.text import compact

OF_THE_PARTY = re.compile(r"^(?:中国共产党|中共)")
ENDINGS = (
    (re.compile(r"党?总支部?(?:委员会)?$"), "general"),
    (re.compile(r"党?支部(?:委员会)?$"), "branch"),
    (re.compile(r"(?:党委|党的委员会|委员会)$"), "committee"),
)
CHINESE_DIGITS = str.maketrans("一二三四五六七八九", "123456789")
GROUP_WORDS = re.compile(r"[第党小]")


def organizations_for(actor: User | None) -> QuerySet[Organization]:
    """What this user may import into: the subtrees they administer. ``None`` is the command line: all."""
    everything: QuerySet[Organization] = Organization.objects.all()
    return (
        everything if actor is None else everything.filter(scope_of(actor).within("", (Role.ADMINISTRATOR,)))
    )


def loose_name(name: str) -> str:
    """What offices leave out or add in an organization's name: 中共…, 党, 委员会."""
    name = OF_THE_PARTY.sub("", compact(name))
    for ending, kind in ENDINGS:
        if ending.search(name):
            return f"{ending.sub('', name)}|{kind}"
    return name


def loose_group_name(name: str) -> str:
    """第一党小组, 第1小组 and 一组 are the same group."""
    return GROUP_WORDS.sub("", compact(name)).translate(CHINESE_DIGITS)


class Places:
    """The organizations an import may touch. One outside is as unknown as one that does not exist."""

    def __init__(self, actor: User | None) -> None:
        self.all = list(organizations_for(actor).order_by("path"))
        self._by_path = {organization.path: organization for organization in self.all}
        self._children = {
            (parent.path if (parent := self.parent_of(each)) else "", compact(each.name)): each
            for each in self.all
        }
        self._by_key: dict[str, dict[str, list[Organization]]] = {
            "name": self._index(self.all, lambda each: [compact(each.name)]),
            "way": self._index(self.all, self._ways),
            "code": self._index(self.all, lambda each: [compact(each.code)] if each.code else []),
            "loose": self._index(self.all, lambda each: [loose_name(each.name)]),
        }

    @staticmethod
    def _index(
        organizations: Iterable[Organization], keys: Callable[[Organization], Iterable[str]]
    ) -> dict[str, list[Organization]]:
        index: dict[str, list[Organization]] = defaultdict(list)
        for organization in organizations:
            for key in keys(organization):
                index[key].append(organization)
        return index

    def _ways(self, organization: Organization) -> list[str]:
        """The name behind its parent's, with and without a slash."""
        parent = self.parent_of(organization)
        if parent is None:
            return []
        return [compact(f"{parent.name}{between}{organization.name}") for between in ("", "/", "-")]

    def __contains__(self, organization: Organization) -> bool:
        return organization.path in self._by_path

    def parent_of(self, organization: Organization) -> Organization | None:
        return self._by_path.get(organization.path[:-STEP])

    def child(self, parent: Organization | None, name: str) -> Organization | None:
        """The organization of exactly that name below another, or at the top of what may be touched."""
        return self._children.get((parent.path if parent else "", compact(name)))

    def twin(self, name: str, code: str) -> Organization | None:
        """An organization of that name and code, wherever it hangs."""
        return next(
            (each for each in self._by_key["name"][compact(name)] if code and each.code == code), None
        )

    def matches(self, text: str) -> list[Organization]:
        """Organizations called so: by name, by the way to it, by code, or by nearly the same name."""
        keys = {"name": compact(text), "way": compact(text), "code": compact(text), "loose": loose_name(text)}
        return next((found for kind, key in keys.items() if (found := self._by_key[kind].get(key))), [])

    def branch(self, text: str) -> Organization:
        """The branch called so. Raises BadValue if there is none, several, or it is no branch."""
        found = self.matches(text)
        branches = [organization for organization in found if organization.is_branch]
        if len(branches) == 1:
            return branches[0]
        if branches:
            parents = enumerated(str(self.parent_of(branch) or "") for branch in branches)
            why = _(
                "several branches are called “%(name)s” (under %(parents)s); write the upper one before it"
            )
            raise BadValue(why % {"name": text, "parents": parents})
        if found:
            raise BadValue(
                _("“%(name)s” is not a branch; members and meetings belong to branches") % {"name": text}
            )
        raise BadValue(_("there is no branch called “%(name)s”") % {"name": text})


class Groups:
    """The Party groups of some branches, by name."""

    def __init__(self, branches: Collection[Organization]) -> None:
        self._by_name: dict[tuple[int, str], PartyGroup] = {}
        self._count: dict[int, int] = defaultdict(int)
        open_first = (F("dissolved_on").desc(nulls_first=True), "id")
        for batch in batches([branch.pk for branch in branches]):
            for group in PartyGroup.objects.filter(organization__in=batch).order_by(*open_first):
                self.add(group)

    def add(self, group: PartyGroup) -> None:
        """A group still at work wins over a dissolved one of nearly the same name."""
        self._by_name.setdefault((group.organization_id, compact(group.name)), group)
        self._by_name.setdefault((group.organization_id, loose_group_name(group.name)), group)
        self._count[group.organization_id] += 1

    def find(self, branch: Organization, name: str) -> PartyGroup | None:
        exact = self._by_name.get((branch.pk, compact(name)))
        return exact or self._by_name.get((branch.pk, loose_group_name(name)))

    def any_in(self, branch: Organization) -> bool:
        return self._count[branch.pk] > 0
