"""Accounts and appointments: who may sign in, and what for."""

from datetime import date, datetime, timedelta

from axes.utils import reset as forget_failures
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from branchlife import second_factor
from branchlife.audit import record_event
from branchlife.models import User
from branchlife.second_factor import credentials_changed
from branchlife.sessions import end_sessions
from meetings.enums import OFFICES, Role
from meetings.models import Appointment, Member, Organization, PartyGroup
from meetings.pinyin import syllables_joined
from meetings.rules import keeps_accounts_of

BRANCH_ROLES = (Role.SECRETARY, Role.GROUP_LEADER)


@transaction.atomic
def open_account(*, member: Member, email: str = "", actor: User | None, now: datetime | None = None) -> User:
    """The account of somebody in the roster; a known one is returned as it is."""
    if member.user:
        return member.user
    user = open_guest_account(name=member.name, email=email, actor=actor, now=now)
    member.user = user
    member.save(update_fields=["user"])
    return user


@transaction.atomic
def open_guest_account(
    *, name: str, email: str = "", actor: User | None, now: datetime | None = None
) -> User:
    """A new account. It has no password until its owner sets one through ``password_link``."""
    user = User(username=free_username(name), name=name, email=email)
    user.set_unusable_password()
    user.save()
    record_event(actor=actor, action="account.open", subject=user, now=now)
    return user


@transaction.atomic
def appoint(
    *,
    user: User,
    organization: Organization,
    role: Role,
    group: PartyGroup | None = None,
    start_on: date | None = None,
    actor: User | None,
    now: datetime | None = None,
) -> Appointment:
    """Give a role from a day on (today). ``actor=None`` is the command line, which may appoint anybody and
    alone appoints officers.

    Raises PermissionDenied outside the actor's part of the tree, for oneself or for an office,
    ValidationError for a role that does not fit the organization or the person, or is held already.
    """
    if actor is not None and (actor == user or role in OFFICES or not keeps_accounts_of(actor, organization)):
        raise PermissionDenied
    _check_role(organization, role, group)
    _check_person(user, organization, role, group, start_on or timezone.localdate(now))
    appointment = Appointment.objects.create(
        user=user, organization=organization, role=role, group=group,
        start_on=start_on or timezone.localdate(now),
    )  # fmt: skip
    end_sessions(user)
    record_event(
        actor=actor, action="appointment.begin", subject=appointment, chain=organization.chain,
        difference=appointment.told, now=now,
    )  # fmt: skip
    return appointment


@transaction.atomic
def end_appointment(
    *, appointment: Appointment, actor: User | None, now: datetime | None = None
) -> Appointment:
    """The role ends at once: yesterday was its last day (or it never began to count). Offices are ended
    from the command line (``actor=None``), as they are given."""
    if actor is not None and not may_end(actor, appointment):
        raise PermissionDenied
    end_sessions(appointment.user)
    yesterday = timezone.localdate(now) - timedelta(days=1)
    record_event(
        actor=actor, action="appointment.end", subject=appointment, chain=appointment.organization.chain,
        difference=appointment.told, now=now,
    )  # fmt: skip
    if appointment.start_on > yesterday:
        appointment.delete()
    else:
        appointment.end_on = yesterday
        appointment.save(update_fields=["end_on"])
    return appointment


@transaction.atomic
def password_was_set(*, user: User, now: datetime | None = None) -> None:
    """Through a link: whoever was signed in is out, and wrong passwords of before count no more."""
    end_sessions(user)
    forget_failures(username=user.username)
    record_event(actor=user, action="account.password", subject=user, now=now)
    credentials_changed.send(sender=User, user=user, what="account.password")


@transaction.atomic
def reset_second_factor(*, appointment: Appointment, actor: User, now: datetime | None = None) -> None:
    """For somebody whose phone is lost and whose recovery codes are, too. Signs them out everywhere.

    Raises PermissionDenied outside the actor's part of the tree and for oneself and officers, and
    ValidationError where somebody holds a role elsewhere: they could be reached through it.
    """
    user = appointment.user
    if user == actor or appointment.is_office or not keeps_accounts_of(actor, appointment.organization):
        raise PermissionDenied
    others = Appointment.objects.on(timezone.localdate(now)).filter(user=user).select_related("organization")
    if not all(keeps_accounts_of(actor, other.organization) for other in others):
        raise ValidationError(
            _("%(name)s also holds roles outside your organizations; ask their administrator.")
            % {"name": user.name}
        )
    end_sessions(user)
    second_factor.remove(user=user, actor=actor, now=now)


@transaction.atomic
def renew_link(*, appointment: Appointment, actor: User, now: datetime | None = None) -> None:
    """Note that somebody gets a new password link. An officer's comes from the command line only: whoever
    keeps the accounts must not be able to become the one who watches over it."""
    if appointment.is_office or not keeps_accounts_of(actor, appointment.organization):
        raise PermissionDenied
    record_event(
        actor=actor, action="account.link", subject=appointment.user, chain=appointment.organization.chain,
        now=now,
    )  # fmt: skip


def may_end(actor: User, appointment: Appointment) -> bool:
    return (
        appointment.user_id != actor.pk
        and not appointment.is_office
        and keeps_accounts_of(actor, appointment.organization)
    )


def password_link(user: User) -> str:
    """The path of a page where this user sets a password; valid once and for three days."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("set_password", args=[uid, default_token_generator.make_token(user)])


def free_username(name: str) -> str:
    """The name in pinyin, with a number where it is taken: 沈玉芳 → ``shenyufang``, ``shenyufang2``."""
    stem = syllables_joined(name) or "user"
    taken = set(User.objects.filter(username__startswith=stem).values_list("username", flat=True))
    numbered = (stem if number == 1 else f"{stem}{number}" for number in range(1, len(taken) + 2))
    return next(username for username in numbered if username not in taken)


def _check_role(organization: Organization, role: Role, group: PartyGroup | None) -> None:
    fits = organization.is_root() if role in OFFICES else (role in BRANCH_ROLES) == organization.is_branch
    if not fits:
        raise ValidationError(_("This role does not exist in an organization of this kind."))
    if (role == Role.GROUP_LEADER) != (group is not None):
        raise ValidationError({"group": _("A group leader leads one group; other roles have no group.")})
    if group and group.organization_id != organization.pk:
        raise ValidationError({"group": _("The group belongs to another branch.")})


def _check_person(
    user: User, organization: Organization, role: Role, group: PartyGroup | None, day: date
) -> None:
    own = Appointment.objects.filter(user=user)
    if own.filter(organization=organization, role=role, group=group, end_on=None).exists():
        raise ValidationError(_("%(name)s holds this role already.") % {"name": user.name})
    others = own.filter(Q(end_on=None) | Q(end_on__gte=day)).exclude(role=role)
    if others.filter(role__in=OFFICES).exists() or (
        role in OFFICES and (others.exists() or _is_member(user))
    ):
        raise ValidationError(_("An officer holds no other role and has an account of the office's own."))


def _is_member(user: User) -> bool:
    return Member.objects.filter(user=user).exists()
