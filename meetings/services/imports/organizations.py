"""Importing a list of organizations into the tree."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import F, Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from meetings.enums import BRANCH_KINDS
from meetings.models import Organization
from meetings.models.organization import STEP
from meetings.services.imports.batches import batches
from meetings.services.imports.beginnings import Beginnings
from meetings.services.imports.places import Places
from meetings.services.obligations import close_years
from meetings.services.roster.changes import follow_ledger
from meetings.workbooks.organizations import OrganizationRow
from meetings.workbooks.problems import BadValue
from meetings.workbooks.table import Reading
from meetings.workbooks.text import compact

FACTS = ("kind", "code", "founded_on", "term_start_on", "term_years")


@dataclass(eq=False)
class Node:
    """A row of the sheet, or an organization that is there already, while the tree is put together."""

    name: str
    row: OrganizationRow | None = None
    organization: Organization | None = None
    parent: "Node | None" = None
    is_new: bool = False

    @property
    def kind(self) -> str:
        """Of an organization as it will be: a row that is refused changes nothing for those below it."""
        return self.organization.kind if self.organization else self.row.kind if self.row else ""


@dataclass
class OrganizationPlan:
    now: datetime
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    touched: list[Organization] = field(default_factory=list)
    years: set[int] = field(default_factory=set)
    years_counted: set[int] = field(default_factory=set)
    new: list[Node] = field(default_factory=list)  # parents before children
    changed: list[Organization] = field(default_factory=list)
    of_another_kind: list[Organization] = field(default_factory=list)
    refounded: dict[Organization, date] = field(default_factory=dict)  # and the earlier of both days

    def change(self, organization: Organization, differing: Mapping[str, Any]) -> None:
        if "kind" in differing:
            self.of_another_kind.append(organization)
        if "founded_on" in differing:
            self.refounded[organization] = min(organization.founded_on, differing["founded_on"])
        for name, value in differing.items():
            setattr(organization, name, value)
        self.changed.append(organization)
        self.updated += 1

    def write(self) -> None:
        self._close_years()
        Organization.objects.bulk_update(self.changed, FACTS, batch_size=500)
        _TreeWriter().add(self.new)
        self.touched = [*self.changed, *(node.organization for node in self.new if node.organization)]
        if self.refounded:
            follow_ledger(places=self.refounded, since=min(self.refounded.values()), now=self.now)

    def _close_years(self) -> None:
        """The sheet does not say since when it is another kind: that says nothing about years gone by."""
        for batch in batches([organization.pk for organization in self.of_another_kind]):
            own = Organization.objects.filter(pk__in=batch)
            close_years(organizations=own, as_of=timezone.localdate(self.now))


def plan_organizations(
    reading: Reading[OrganizationRow], *, places: Places, may_add_roots: bool, now: datetime
) -> OrganizationPlan:
    """Match each row with the organization of that name under that parent; add and change the others.

    Parents may be given by name or by code and stand in any row. Rows whose parent is unknown, or
    that lie in a circle, become errors of the reading; so do cells that would change what the ledger
    of a known organization rests on.
    """
    nodes = _linked(reading, _Finder(reading.rows, places), places)
    plan, beginnings = OrganizationPlan(now), Beginnings()
    for node in nodes:
        if _is_placed(reading, node, places, may_add_roots):
            _take_over(plan, reading, node, beginnings)
    return plan


class _Finder:
    """Looks for a parent among the rows first, then among what is there already."""

    def __init__(self, rows: list[OrganizationRow], places: Places) -> None:
        self.nodes = [Node(row.name, row) for row in rows]
        self._places = places
        self._known: dict[int, Node] = {}
        self._names: dict[str, list[Node]] = defaultdict(list)
        self._codes: dict[str, list[Node]] = defaultdict(list)
        for node in self.nodes:
            self._names[compact(node.name)].append(node)
            if node.row and node.row.code:
                self._codes[compact(node.row.code)].append(node)

    def parent(self, text: str) -> Node:
        """Raises BadValue if nothing or more than one thing is called so."""
        key = compact(text)
        found = self._names.get(key) or self._of_tree(self._places.matches(text)) or self._codes.get(key, [])
        if not found:
            raise BadValue(_("there is no organization called “%(name)s”") % {"name": text})
        if len(found) > 1:
            raise BadValue(
                _("“%(name)s” means %(count)s organizations") % {"name": text, "count": len(found)}
            )
        return found[0]

    def _of_tree(self, organizations: list[Organization]) -> list[Node]:
        return [self._known.setdefault(each.pk, Node(each.name, organization=each)) for each in organizations]


def _linked(reading: Reading[OrganizationRow], finder: _Finder, places: Places) -> list[Node]:
    """The rows whose parents are known, parents first."""
    depths: dict[Node, int] = {}
    linked = [node for node in finder.nodes if _link(reading, node, finder, places)]
    for node in linked:
        depth = _depth(node)
        if depth is None:
            _refuse(reading, node, _("its upper organizations form a circle"))
        else:
            depths[node] = depth
    return sorted(depths, key=lambda node: depths[node])


def _link(reading: Reading[OrganizationRow], node: Node, finder: _Finder, places: Places) -> bool:
    """Find the parent. What lies above the importer's own organizations is out of reach and not needed."""
    assert node.row
    try:
        node.parent = finder.parent(node.row.parent) if node.row.parent else None
    except BadValue as problem:
        if places.child(None, node.name) is None:
            _refuse(reading, node, str(problem))
            return False
    return True


def _refuse(reading: Reading[OrganizationRow], node: Node, why: str) -> None:
    assert node.row
    reading.refuse(node.row.row, "parent", why)


def _depth(node: Node) -> int | None:
    """How many rows lie above; None in a circle."""
    seen = {id(node)}
    above = node.parent
    while above:
        if id(above) in seen:
            return None
        seen.add(id(above))
        above = above.parent
    return len(seen)


def _is_placed(reading: Reading[OrganizationRow], node: Node, places: Places, may_add_roots: bool) -> bool:
    """Find the organization a row speaks of, or decide that it is new."""
    parent = node.parent
    if why := _why_nothing_below(parent):
        _refuse(reading, node, why)
        return False
    if parent is None or not parent.is_new:
        node.organization = places.child(parent.organization if parent else None, node.name)
    if node.organization is None and parent is None and not may_add_roots:
        _refuse(reading, node, _("only organizations below your own can be added"))
        return False
    node.is_new = node.organization is None
    if node.is_new:
        _warn_of_twin(reading, node, places)
    return True


def _why_nothing_below(parent: Node | None) -> str:
    if parent is None:
        return ""
    if parent.kind in BRANCH_KINDS:
        return _("“%(name)s” is a branch; nothing lies below it") % {"name": parent.name}
    if parent.organization is None and not parent.is_new:
        return _("“%(name)s” itself cannot be imported") % {"name": parent.name}
    return ""


def _warn_of_twin(reading: Reading[OrganizationRow], node: Node, places: Places) -> None:
    assert node.row
    twin = places.twin(node.row.name, node.row.code)
    if twin:
        parent = places.parent_of(twin) or ""
        why = _("“%(name)s” with this code exists under “%(parent)s”; another one is added")
        reading.warn(node.row.row, "name", why % {"name": twin.name, "parent": parent})


def _take_over(
    plan: OrganizationPlan, reading: Reading[OrganizationRow], node: Node, beginnings: Beginnings
) -> None:
    assert node.row
    if node.organization is None:
        if founded_on := _founded_on(reading, node.row):
            node.organization = _organization(node.row, founded_on)
            plan.new.append(node)
            plan.created += 1
        else:
            node.is_new = False
        return
    differing = _differing(node.organization, node.row)
    if not differing:
        plan.unchanged += 1
    elif _may_change(reading, node.organization, node.row, differing, beginnings):
        plan.change(node.organization, differing)


def _founded_on(reading: Reading[OrganizationRow], row: OrganizationRow) -> date | None:
    """An organization needs a day from which it owes anything; the beginning of its term will do."""
    if row.founded_on is None and row.term_start_on is None:
        reading.refuse(row.row, "founded_on", _("is missing"))
    elif row.founded_on is None:
        reading.warn(row.row, "founded_on", _("is missing; the beginning of the term is taken"))
    return row.founded_on or row.term_start_on


def _organization(row: OrganizationRow, founded_on: date) -> Organization:
    return Organization(
        name=row.name,
        kind=row.kind,
        code=row.code,
        founded_on=founded_on,
        term_start_on=row.term_start_on,
        term_years=row.term_years,
    )


def _differing(organization: Organization, row: OrganizationRow) -> dict[str, Any]:
    """What the row says otherwise. An empty cell says nothing, and neither does the name about the kind."""
    said = {name: getattr(row, name) for name in FACTS if name != "kind" or not row.kind_is_guess}
    return {name: value for name, value in said.items() if value and value != getattr(organization, name)}


def _may_change(
    reading: Reading[OrganizationRow], organization: Organization, row: OrganizationRow,
    differing: Mapping[str, Any], beginnings: Beginnings,
) -> bool:  # fmt: skip
    """Whose members met, or should have, stays what it was: a sheet must not take lines out of the ledger. One kind
    of branch owes what another does."""
    began = beginnings.of(organization) if differing.keys() & {"kind", "founded_on"} else None
    if began is None:
        return True
    faults: dict[str, str] = {}
    if "kind" in differing and not {organization.kind, row.kind} <= {*BRANCH_KINDS}:
        why = _(
            "“%(name)s” is recorded here as %(kind)s and has members or meetings; it cannot become another kind"
        )
        faults["kind"] = why % {"name": organization.name, "kind": organization.get_kind_display()}
    if differing.get("founded_on", began) > began:
        why = _("lies after %(day)s, when the organization had its first member or meeting here")
        faults["founded_on"] = why % {"day": date_format(began)}
    for column, fault in faults.items():
        reading.refuse(row.row, column, fault)
    return not faults


class _TreeWriter:
    """Adds many nodes with few queries. Paths go on behind the last child, as the tree itself would do it."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}
        self._children: dict[int, int] = defaultdict(int)

    def add(self, nodes: list[Node]) -> None:
        """``nodes`` stand parents first; their organizations get their rows and keys."""
        self._read_last_children(nodes)
        for node in nodes:
            self._hang(node)
        Organization.objects.bulk_create([node.organization for node in nodes if node.organization])
        for key, count in self._children.items():
            Organization.objects.filter(pk=key).update(numchild=F("numchild") + count)

    def _read_last_children(self, nodes: list[Node]) -> None:
        """Locks the parents, so that nobody else hangs something into the same place."""
        parents = {node.parent.organization for node in nodes if node.parent and not node.parent.is_new}
        paths = [parent.path for parent in parents if parent]
        list(Organization.objects.select_for_update().filter(path__in=paths).values_list("pk"))
        last = Organization.objects.order_by().filter(parent_path__in=["", *paths])
        for path, child in last.values_list("parent_path").annotate(Max("path")):
            self._last[path] = Organization._str2int(child[-STEP:])

    def _hang(self, node: Node) -> None:
        organization, parent = node.organization, node.parent.organization if node.parent else None
        assert organization is not None
        above = parent.path if parent else ""
        self._last[above] = self._last.get(above, 0) + 1
        organization.depth = len(above) // STEP + 1
        organization.path = Organization._get_path(above, organization.depth, self._last[above])
        if parent and parent.pk:
            self._children[parent.pk] += 1
        elif parent:
            parent.numchild += 1
