"""Posts and standings of one member."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from branchlife.http import SignedInRequest
from branchlife.models import User
from branchlife.templatetags.dates import cn_date
from meetings.enums import WITHOUT_VOTE, PostTitle
from meetings.forms.roster import EndForm, PostForm, StandingForm
from meetings.models import Member, Organization, Post, Standing
from meetings.rules import administers
from meetings.services.roster import posts, standings
from meetings.views.form_page import answer, posted
from meetings.views.roster import changeable, of_member


def post_create(request: SignedInRequest, pk: int) -> HttpResponse:
    member, branch = changeable(request.user, pk)
    form = PostForm(
        posted(request), branches=_branches_once_in(member, request.user), initial={"organization": branch}
    )
    page = of_member(member, _("Give a post"), _("Give the post"))

    def act() -> str:
        cleaned = form.cleaned_data | {"title": PostTitle(form.cleaned_data["title"])}
        post = posts.give_post(member=member, actor=request.user, **cleaned)
        return _("%(name)s: %(post)s.") % {"name": member.name, "post": post.get_title_display()}

    return answer(request, form, page, act)


def _branches_once_in(member: Member, user: User) -> list[Organization]:
    places = Organization.objects.filter(memberships__member=member).distinct()
    return [place for place in places if administers(user, place)]


def post_end(request: SignedInRequest, pk: int) -> HttpResponse:
    visible = Post.objects.filter(member__in=Member.objects.visible_to(request.user))
    post = get_object_or_404(visible.select_related("member", "organization"), pk=pk)
    if not administers(request.user, post.organization):
        raise PermissionDenied
    form = EndForm(posted(request), asks_reason=False)
    subtitle = _("%(post)s since %(day)s") % {"post": post.get_title_display(), "day": cn_date(post.start_on)}
    page = of_member(post.member, _("A post ends"), _("End the post"), subtitle=subtitle)

    def act() -> str:
        posts.end_post(post=post, actor=request.user, **form.cleaned_data)
        return _("The post has ended.")

    return answer(request, form, page, act)


def standing_create(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ordinary circumstances by the secretary; suspending rights by an administrator."""
    member, branch = changeable(request.user, pk, by_secretary=True)
    form = StandingForm(posted(request), may_suspend=administers(request.user, branch))
    page = of_member(member, _("Enter a standing"), _("Save"))

    def act() -> str:
        standing = standings.set_standing(member=member, actor=request.user, **form.cleaned_data)
        return _("%(name)s: %(standing)s.") % {"name": member.name, "standing": standing.get_kind_display()}

    return answer(request, form, page, act)


def standing_end(request: SignedInRequest, pk: int) -> HttpResponse:
    visible = Standing.objects.filter(member__in=Member.objects.visible_to(request.user))
    standing = get_object_or_404(visible.select_related("member"), pk=pk)
    member, branch = changeable(request.user, standing.member_id, by_secretary=True)
    if standing.kind in WITHOUT_VOTE and not administers(request.user, branch):
        raise PermissionDenied
    form = EndForm(posted(request), needs_reason=standing.kind in WITHOUT_VOTE)
    values = {"standing": standing.get_kind_display(), "day": cn_date(standing.start_on)}
    subtitle = _("%(standing)s since %(day)s") % values
    page = of_member(member, _("A standing ends"), _("End the standing"), subtitle=subtitle)

    def act() -> str:
        standings.end_standing(standing=standing, actor=request.user, **form.cleaned_data)
        return _("The standing has ended.")

    return answer(request, form, page, act)
