"""Reading the rule book: what is asked of whom, on what basis, since when, and what each place owes."""

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from branchlife.http import SignedInRequest
from branchlife.models import User
from branchlife.templatetags.dates import cn_date
from meetings.enums import BRANCH_KINDS, Confidence, OrganizationKind
from meetings.forms.rulebook import DutiesFilter
from meetings.models import (
    Deadline,
    Obligation,
    Organization,
    ReminderRule,
    Requirement,
    RuleVersion,
    VoteRule,
)
from meetings.models.rule import RuleQuerySet
from meetings.rules import administers, can_change_rules, can_see_rules, keeps_rules_of
from meetings.services.rulebook.duties import duties_of
from meetings.services.rulebook.effective import RuleBook, path_of
from meetings.services.rulebook.sets import export_rule_set
from meetings.services.rulebook.strictness import loosened

PAGE = 20
CONFIDENCE_TAGS = {Confidence.ARTICLE: "met", Confidence.DIGEST: "due", Confidence.LOCAL: "info"}
# Of a rule's bearers so many are named; all are counted.
NAMED = 12

# The names of the pages about each kind of rule begin with these.
STEMS: dict[type[RuleVersion], str] = {
    Requirement: "rule",
    Deadline: "deadline",
    VoteRule: "vote_rule",
    ReminderRule: "reminder_rule",
}

R = TypeVar("R", bound=RuleVersion)


@dataclass(frozen=True)
class RuleRow:
    """One version as a line of the book."""

    rule: RuleVersion
    url: str
    state: tuple[str, str]  # kind of tag, its words
    confidence_tag: str
    looser: list[str]  # where it asks for less than the rule above it

    @property
    def held(self) -> str:
        """The days on which it holds, both included."""
        first, last = cn_date(self.rule.valid_from), cn_date(self.rule.valid_to)
        return f"{first} – {last}" if last else _("from %(day)s") % {"day": first}

    @property
    def words(self) -> str:
        """Such as 每季度至少 1 次, 会后 3 个工作日内, or 到会至少 1/2,赞成超过应到会的 1/2."""
        return self.rule.frequency if isinstance(self.rule, Requirement) else self.rule.sentence  # type: ignore[attr-defined,no-any-return]


@dataclass(frozen=True)
class Debtors:
    """Who owes a rule now: counted, the first ones by name."""

    organizations: int
    lines: int
    names: list[str]


def rule_list(request: SignedInRequest) -> HttpResponse:
    require_reader(request.user)
    today = timezone.localdate()
    books = [_current(model._default_manager.visible_to(request.user), today) for model in STEMS]  # type: ignore[attr-defined]
    requirements, deadlines, votes, reminders = books
    owners = {row.rule.owner.path: row.rule.owner for book in books for row in book if row.rule.owner}
    context = {
        "requirements": requirements,
        "deadlines": deadlines,
        "votes": votes,
        "reminders": reminders,
        "exports": [owners[path] for path in sorted(owners)],
        "can_change": can_change_rules(request.user),
    }
    return render(request, "meetings/rule_list.html", context)


def rule_detail(request: SignedInRequest, pk: int, model: type[RuleVersion]) -> HttpResponse:
    rule = fetch(request.user, model, pk)
    context = _sheet(rule, request.user)
    if isinstance(rule, Requirement):
        context["debtors"] = _debtors(rule, request.user, timezone.localdate())
    return render(request, "meetings/rule_detail.html", context)


def rule_duties(request: SignedInRequest) -> HttpResponse:
    """In plain words: what each branch and committee in scope owes, and why it does not owe the rest."""
    require_reader(request.user)
    today = timezone.localdate()
    filters = DutiesFilter(request.GET, user=request.user)
    kinds = [*BRANCH_KINDS, OrganizationKind.COMMITTEE]
    places = Organization.objects.visible_to(request.user).existing_on(today).filter(kind__in=kinds)
    if filters.is_valid() and (chosen := filters.cleaned_data["organization"]):
        places = places.below(chosen)
    page = Paginator(places.order_by("path"), PAGE).get_page(request.GET.get("page"))
    context = {"filters": filters, "page_obj": page, "duties": duties_of(list(page), today), "today": today}
    return render(request, "meetings/rule_duties.html", context, status=400 if filters.errors else 200)


def rule_export(request: SignedInRequest) -> HttpResponse:
    """The rules of one owner as a file; ``?owner=`` names it, nothing means the national rules."""
    require_reader(request.user)
    owner = _owner_asked_for(request)
    answer = HttpResponse(export_rule_set(owner), content_type="application/json; charset=utf-8")
    name = f"rules-{owner.pk}" if owner else "rules-national"
    answer["Content-Disposition"] = f'attachment; filename="{name}-{timezone.localdate():%Y%m%d}.json"'
    return answer


def require_reader(user: User) -> None:
    if not can_see_rules(user):
        raise PermissionDenied


def fetch(user: User, model: type[R], pk: int) -> R:
    """A version in the reader's scope: 404 outside it, 403 for those who may not read the book."""
    rules = model._default_manager.select_related("owner")
    found: R = get_object_or_404(rules.visible_to(user), pk=pk)  # type: ignore[attr-defined]
    require_reader(user)
    return found


def tops() -> list[Organization]:
    return list(Organization.objects.filter(depth=1))


def address(rule: RuleVersion, page: str, pk: int | None = None) -> str:
    """The address of a page about a rule: ``detail``, ``change``, …"""
    return reverse(f"{STEMS[type(rule)]}_{page}", args=[pk or rule.pk])


def _owner_asked_for(request: SignedInRequest) -> Organization | None:
    asked = request.GET.get("owner", "")
    if not asked:
        return None
    if not (asked.isascii() and asked.isdigit() and len(asked) < 18):
        raise Http404
    for model in STEMS:
        visible = model._default_manager.visible_to(request.user)  # type: ignore[attr-defined]
        rule = visible.filter(owner=int(asked)).select_related("owner").first()
        if rule:
            return rule.owner
    raise Http404


def _current(rules: RuleQuerySet, today: date) -> list[RuleRow]:
    """The versions in force, those still to come and those ended for good; each owner's below the rule
    they stand under."""
    found = sorted(rules.select_related("owner"), key=_place)
    book = RuleBook(found)
    newest = {(rule.code, rule.owner_id): rule for rule in found}
    shown = (r for r in found if not _has_ended(r, today) or newest[r.code, r.owner_id] is r)
    return [_row(rule, book, today) for rule in shown]


def _place(rule: RuleVersion) -> tuple[int, str, str, date]:
    return rule.position, rule.code, path_of(rule), rule.valid_from


def _has_ended(rule: RuleVersion, today: date) -> bool:
    return rule.valid_to is not None and rule.valid_to < today


def _row(rule: RuleVersion, book: RuleBook, today: date) -> RuleRow:
    above = book.above(rule, max(today, rule.valid_from))
    confidence = CONFIDENCE_TAGS[Confidence(rule.confidence)]
    return RuleRow(rule, address(rule, "detail"), _state(rule, today), confidence, loosened(rule, above))


def _state(rule: RuleVersion, today: date) -> tuple[str, str]:
    if _has_ended(rule, today):
        return "none", _("ended %(day)s") % {"day": cn_date(rule.valid_to)}
    if not rule.is_active:
        return "none", _("not in use")
    if rule.valid_from > today:
        return "info", _("from %(day)s") % {"day": cn_date(rule.valid_from)}
    if rule.valid_to:
        return "due", _("until %(day)s") % {"day": cn_date(rule.valid_to)}
    return "met", pgettext("rule", "in force")


def _sheet(rule: RuleVersion, user: User) -> dict[str, Any]:
    """The page of one version: what it says, what came before, what stands above and below it."""
    today = timezone.localdate()
    alike = list(type(rule).objects.visible_to(user).filter(code=rule.code).select_related("owner"))  # type: ignore[attr-defined]
    book = RuleBook(alike)
    history = sorted((each for each in alike if each.owner_id == rule.owner_id), key=_newest_first)
    elsewhere = [r for r in alike if r.owner_id != rule.owner_id and (r.valid_to or date.max) >= today]
    row = _row(rule, book, today)
    return {
        "rule": rule,
        "row": row,
        "facts": _facts(row),
        "history": [_row(each, book, today) for each in history],
        "elsewhere": [_row(each, book, today) for each in elsewhere],
        "is_newest": history[0] == rule,
        "links": _links(rule, user) if can_change_rules(user) else {},
    }


def _facts(row: RuleRow) -> list[tuple[str, Any, str]]:
    rule = row.rule
    says = _asks(row)
    says += [
        (_("Set by"), rule.owner.name if rule.owner else _("National")),
        (_("In force"), row.held),
        (_("Basis"), rule.basis),
        (_("How sure"), rule.get_confidence_display()),  # type: ignore[attr-defined]
        (_("Explanation"), rule.note),
    ]
    return [(label, value, "wide") for label, value in says]


def _asks(row: RuleRow) -> list[tuple[str, Any]]:
    if isinstance(row.rule, Requirement):
        return _owed(row.rule, row.words)
    if isinstance(row.rule, VoteRule | ReminderRule):
        return row.rule.facts
    return [(_("Time limit"), row.words)]


def _owed(rule: Requirement, words: str) -> list[tuple[str, Any]]:
    return [
        (_("How often"), words),
        (_("Owed by"), rule.get_bearer_display()),
        (_("Owed if"), rule.get_condition_display()),
        (_("Days of grace after the period"), rule.grace_days or pgettext("grace", "none")),
        (_("An event of several kinds"), _("counts") if rule.shares_event else _("does not count")),
    ]


def _newest_first(rule: RuleVersion) -> tuple[int, int]:
    return -rule.valid_from.toordinal(), -rule.version


def _links(rule: RuleVersion, user: User) -> dict[str, str]:
    """What an administrator may do with the rule; overriding is for places below its owner."""
    pages = ["override"] if rule.owner is None or administers(user, rule.owner) else []
    if keeps_rules_of(user, rule.owner, [] if rule.owner else tops()):
        pages += ["change", "basis", *([] if rule.valid_to else ["end"])]
    return {page: address(rule, page) for page in pages}


def _debtors(rule: Requirement, user: User, today: date) -> Debtors:
    """Who has a line of this very version in the ledger for the period of today."""
    lines = Obligation.objects.visible_to(user).filter(
        requirement=rule, period_start__lte=today, period_end__gte=today
    )
    counted = lines.aggregate(organizations=Count("organization", distinct=True), lines=Count("pk"))
    names = lines.order_by("organization__path").values_list("organization__name", flat=True).distinct()
    return Debtors(counted["organizations"], counted["lines"], list(names[:NAMED]))
