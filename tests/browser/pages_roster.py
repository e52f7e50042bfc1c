"""The tree, its branches and groups, and who belongs where."""

from collections.abc import Iterator

from django.db.models import Model
from django.urls import reverse

from meetings.enums import TransferState
from meetings.models import Member, Organization, PartyGroup, Post, Standing, Transfer
from tests.browser.demo import ADMINISTRATOR, NOW, SECRETARY
from tests.browser.stops import Stop

COMMITTEE = "机关党委"


def roster_pages() -> Iterator[Stop]:
    data = Organization.objects.get(name="数据中心党支部")
    yield from (Stop(ADMINISTRATOR, COMMITTEE, url) for url in [*_tree(data), *_people(data), *_transfers()])
    own = [_of(data, "branch_roster"), _of(data, "branch_groups"), _of(data, "group_create")]
    group = PartyGroup.objects.filter(organization=data).earliest("pk")
    own += [_of(group, "group_edit"), _of(group, "group_dissolve"), reverse("organization_list")]
    yield from (Stop(SECRETARY, data.name, url) for url in own)


def _of(thing: Model, name: str) -> str:
    return reverse(name, args=[thing.pk])


def _tree(data: Organization) -> Iterator[str]:
    committee = Organization.objects.get(depth=1)
    yield reverse("organization_list")
    yield from (_of(committee, f"organization_{page}") for page in ("detail", "create"))
    pages = ("detail", "edit", "term", "move", "merge", "dissolve")
    yield from (_of(data, f"organization_{page}") for page in pages)
    retired = Organization.objects.get(name="离退休干部党支部")
    yield _of(retired, "branch_roster")
    yield f"{_of(data, 'branch_roster')}?on={NOW.year - 1}-06-30"


def _people(data: Organization) -> Iterator[str]:
    namesake = Member.objects.of_branch(data, NOW.date())[3]
    newcomer = Member.objects.filter(full_member_on=None, memberships__organization=data).get()
    standing = Standing.objects.filter(member__memberships__organization=data, end_on=None).earliest("pk")
    yield reverse("member_create")
    yield f"{reverse('member_create')}?organization={data.pk}&name={namesake.name}"
    yield _of(standing.member, "member_detail")
    yield from (_of(newcomer, f"member_{page}") for page in ("facts", "full", "leave", "receive"))
    yield from (_of(newcomer, name) for name in ("post_create", "standing_create", "transfer_create"))
    yield _of(Post.objects.filter(organization=data, end_on=None).earliest("pk"), "post_end")
    yield _of(standing, "standing_end")


def _transfers() -> Iterator[str]:
    yield reverse("transfer_list")
    for state in (TransferState.PROPOSED, TransferState.RETURNED):
        yield _of(Transfer.objects.get(state=state), "transfer_detail")
