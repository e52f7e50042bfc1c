"""Which free text may be met by whom: the declaration the crawl is held to.

A line of ``EXACTLY`` is met by those named and by nobody else. What has no line there may be met by those who
answer for the place (``ANSWER_FOR``), widened for a field by ``ALSO``; what is ``elsewhere`` by nobody here.
"""

from tests.permissions.canaries import ELSEWHERE

NOBODY = ""
MINE = "secretary reviewer administrator"
TREE = "member group_leader secretary small_secretary reviewer administrator"
RULES = f"{MINE} small_secretary other_secretary other_reviewer"
OFFICES = "system_officer security_officer audit_officer"

ANSWER_FOR = {
    "own": MINE,
    "small": "small_secretary reviewer administrator",
    "committee": "reviewer administrator",
    "other": "other_secretary other_reviewer",
    "nowhere": RULES,
}

# Delicate: who meets it, to the last person.
EXACTLY = {
    # The ID number in full is on no page at all; the telephone is the person's and of whoever calls them.
    "meetings.member.id_number": NOBODY,
    "meetings.member.phone own": "secretary administrator",
    "meetings.member.phone own member": "member secretary administrator",
    "meetings.member.phone own group_leader": "group_leader secretary administrator",
    "meetings.member.phone own secretary": "secretary administrator",
    "meetings.member.phone small": "small_secretary administrator",
    "meetings.member.phone other": "other_secretary",
    # Why somebody was away: the person, and those who answer for the branch; no other member.
    "meetings.attendance.reason own": MINE,
    "meetings.attendance.reason own member": f"member {MINE}",
    "meetings.leave.reason own member": f"member {MINE}",
    "meetings.leave.answer own member": "member",
    "meetings.exclusion.explanation own": MINE,
    "meetings.exclusion.opinion own": MINE,
    "meetings.snooze.reason secretary": "secretary",
    # Minutes: those who answer, and the leader of a group those of the group.
    "meetings.meeting.content own": MINE,
    "meetings.meeting.decisions own": MINE,
    "meetings.meeting.content own group": "group_leader secretary",
    "meetings.meeting.decisions own group": "group_leader secretary",
    "meetings.addendum.text own": MINE,
    "meetings.attachment.name own": MINE,
    "meetings.attachment.file own": MINE,
    "meetings.resolution.subject own": MINE,
    "meetings.resolution.text own": MINE,
    "meetings.resolution.about own": "secretary",
    # Judgements about a record, and what somebody from above saw.
    "reviews.evaluation.comment own": MINE,
    "reviews.evaluationmark.sentence own": MINE,
    "reviews.sitinnote.text own": MINE,
    "reviews.sitinnote.leader own": MINE,
    "reviews.finding.sentence own": MINE,
    # Items to put right: the member is responsible for one of them.
    "reviews.rectification.problem own": f"member {MINE}",
    "reviews.rectification.evidence own": MINE,
    "reviews.rectificationnote.text own": f"member {MINE}",
    "reviews.concern.problem own": f"member {MINE}",
    "reviews.contactvisit.done own": f"member {MINE}",
    # A draft is its writer's.
    "reviews.plan.note own draft": "secretary",
    "reviews.planitem.theme own draft": "secretary",
    "reviews.plan.note own": MINE,
    "reviews.planitem.theme own": MINE,
    # Unannounced: the seed repeats the draw, so no branch sees it before the last visit; nor what is found while
    # the inspector is still there, which nobody else sees either.
    "reviews.inspection.seed committee unannounced": "reviewer administrator",
    "reviews.inspection.seed committee announced": f"{MINE} small_secretary",
    "reviews.visit.summary own checking": "reviewer",
    "reviews.visitanswer.note own checking": "reviewer",
    "reviews.transition.comment own planned": "reviewer administrator",
    "reviews.transition.comment small planned": NOBODY,
    "reviews.transition.comment own checking": "reviewer administrator",
    "reviews.visit.summary own announced": MINE,
    # Keys to a chat group.
    "meetings.robot.url": NOBODY,
    "meetings.robot.secret": NOBODY,
    "meetings.robot.name own": "secretary administrator",
    # The audit officer sees that something changed and who did it, never what it says.
    "branchlife.auditevent.difference": NOBODY,
    "branchlife.auditevent.subject_label": NOBODY,
    "branchlife.auditevent.actor_label own": "audit_officer",
    "branchlife.auditevent.actor_label committee": "audit_officer",
    "branchlife.opensession.browser secretary": "secretary",
    "branchlife.job.title administrator": "administrator",
    "meetings.letter.last_error secretary": "administrator",
}

# Wider than those who answer for the place.
ALSO = {
    "meetings.organization.name": f"{TREE} {OFFICES} robot",
    "meetings.member.name": f"{TREE} security_officer",  # accounts are opened for members
    "meetings.partygroup.name": f"{TREE} security_officer robot",
    "meetings.meeting.theme own": "member group_leader robot",
    "meetings.meeting.place own": "member group_leader",
    "meetings.meeting.problem own group": "group_leader",
    "meetings.meeting.guests own group": "group_leader",
    "meetings.meetingstep.title own group": "group_leader",
    "meetings.meetingstep.note own group": "group_leader",
    "meetings.member.ethnicity own": "group_leader member",
    "meetings.membership.ended_because own": "group_leader member",
    "meetings.transfer.note own": "small_secretary",  # the branch that is asked to receive
    "meetings.requirement": f"{RULES} group_leader",
    "meetings.deadline": RULES,
    "meetings.voterule": RULES,
    "meetings.reminderrule": RULES,
    "meetings.movedday": RULES,
    "meetings.delegation.reason": "reviewer administrator",
    "reviews.goodcase": "group_leader small_secretary",  # examples are for every branch of the committee
    "reviews.inspection.purpose committee": "secretary small_secretary",
    "reviews.transition.comment committee": "secretary small_secretary",
    "reviews.transition.comment own": "member",
    "reviews.concern": "member",  # a leading cadre: the contact point is the member's
    "reviews.rectification.measure own": "member",
}

# Not on any page in the state these rows are in, or kept for the machine.
NOT_SHOWN = {
    "branchlife.job.message", "branchlife.job.result", "meetings.archive.content",
    "meetings.attendance.catch_up_note",
    "meetings.candidate.name", "meetings.standing.ended_because", "meetings.transfer.opinion",
    "meetings.pulse.name",
    "reviews.concern.outcome", "reviews.reviewchain.basis_article", "reviews.reviewchain.basis_source",
    "reviews.snapshot.content", "meetings.delegation.reason",
}  # fmt: skip


def readers(cage: str) -> set[str]:
    """Who may meet it. Raises KeyError for a place nobody thought of."""
    field, _space, place = cage.partition(" ")
    if place == ELSEWHERE:
        return {ELSEWHERE}  # the letters of its own people
    for key in (cage, field):
        if key in EXACTLY:
            return set(EXACTLY[key].split())
    if field.startswith("branchlife.user") or field == "meetings.notice.values":
        return {place} | _acquaintances(field, place)
    found = set(ANSWER_FOR[place.split()[0]].split())
    stem = field.rpartition(".")[0]
    for key in (cage, f"{field} {place.split()[0]}", field, stem):
        found |= set(ALSO.get(key, "").split())
    return found


def _acquaintances(field: str, person: str) -> set[str]:
    """Names of accounts stand beside what was done; addresses beside letters that did not arrive."""
    if field == "branchlife.user.email":
        return {"administrator"}
    if field == "meetings.notice.values" or person == "outsider":
        return set()
    return set(
        ("other_secretary other_reviewer" if person.startswith("other_") else f"{TREE} {OFFICES}").split()
    )
