"""Importing a list of organizations into the tree."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import F, Max
from django.utils.translation import gettext as _

from meetings.enums import BRANCH_KINDS
from meetings.models import Organization
from meetings.models.organization import STEP
from meetings.services.imports.places import Places
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
        return self.row.kind if self.row else self.organization.kind if self.organization else ""


@dataclass
class OrganizationPlan:
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    touched: list[Organization] = field(default_factory=list)
    years: set[int] = field(default_factory=set)
    new: list[Node] = field(default_factory=list)  # parents before children
    changed: list[Organization] = field(default_factory=list)

    def write(self) -> None:
        Organization.objects.bulk_update(self.changed, FACTS, batch_size=500)
        _TreeWriter().add(self.new)
        self.touched = [*self.changed, *(node.organization for node in self.new if node.organization)]


def plan_organizations(
    reading: Reading[OrganizationRow], *, places: Places, may_add_roots: bool
) -> OrganizationPlan:
    """Match each row with the organization of that name under that parent; add and change the others.

    Parents may be given by name or by code and stand in any row. Rows whose parent is unknown, or
    that lie in a circle, become errors of the reading.
    """
    nodes = _linked(reading, _Finder(reading.rows, places), places)
    plan = OrganizationPlan()
    for node in nodes:
        if _is_placed(reading, node, places, may_add_roots):
            _take_over(plan, reading, node)
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


def _take_over(plan: OrganizationPlan, reading: Reading[OrganizationRow], node: Node) -> None:
    assert node.row
    if node.organization is None:
        if founded_on := _founded_on(reading, node.row):
            node.organization = _organization(node.row, founded_on)
            plan.new.append(node)
            plan.created += 1
        else:
            node.is_new = False
        return
    if _adopt(node.organization, node.row):
        plan.changed.append(node.organization)
        plan.updated += 1
    else:
        plan.unchanged += 1


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


def _adopt(organization: Organization, row: OrganizationRow) -> bool:
    """Take over what the row says; an empty cell says nothing. Tells whether anything differed."""
    differing = [
        name for name in FACTS if getattr(row, name) and getattr(row, name) != getattr(organization, name)
    ]
    for name in differing:
        setattr(organization, name, getattr(row, name))
    return bool(differing)


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
