"""The same for votes, leaving members out of the count, transfers and leave."""

from datetime import date, timedelta

from tests.meetings.constraint_cases import DAY, EARLIER, NOW, Case, Check, Row, Unique, rule_cases

DECIDED = {"decided_by": Row("reviewer"), "decided_at": NOW}
# A comparison with nothing is neither true nor false, and a check lets through what is not false.
VOTE_CASES: dict[str, Case] = {
    **rule_cases("voterule"),
    "voterule_code_known": Check("local_voterule", {"code": "poll"}, {"code": "election"}),
    "voterule_surplus_known": Check("voterule", {"surplus": "shrug"}, {"surplus": "refuse"}),
    "voterule_quorum_is_a_share": Check(
        "voterule", {"quorum_part": 3, "quorum_whole": 2}, {"quorum_part": 2, "quorum_whole": 2}
    ),
    "voterule_majority_is_a_share": Check(
        "voterule", {"majority_part": 0, "majority_whole": 2}, {"majority_part": 1, "majority_whole": 2}
    ),
    "voterule_written_for_one_person_only": Check(
        "local_voterule", {"takes_written": True}, {"takes_written": True, "code": "admission"}
    ),
    "resolution_number_once": Unique("resolution", right={"number": 20}),
    "resolution_one_vote_a_person": Unique(
        "admission", wrong={"number": 20}, right={"number": 20, "about": "别人"}
    ),
    "resolution_kind_known": Check("resolution", {"kind": "poll"}, {"kind": "committee"}),
    "resolution_subject_present": Check("resolution", {"subject": ""}, {"subject": "事"}),
    "resolution_about_one_person": Check(
        "resolution", {"about": "张三"}, {"about": "张三", "kind": "admission"}
    ),
    "resolution_seats_of_an_election": Check("election", {"seats": None}, {"seats": 2}),
    "resolution_voters_known_together": Check("announced", {"expected": 8}, {"expected": 8, "present": 0}),
    "resolution_present_within_expected": Check(
        "announced", {"expected": 3, "present": 4}, {"expected": 4, "present": 4}
    ),
    "resolution_written_by_absent_voters": Check("admission", {"written": 2}, {"written": 1}),
    "resolution_written_for_one_person_only": Check("resolution", {"written": 1}, {"written": 0}),
    "resolution_votes_counted_together": Check(
        "resolution", {"no": None, "outcome": ""}, {"yes": None, "no": None, "abstain": None, "outcome": ""}
    ),
    "resolution_votes_within_voters": Check("resolution", {"no": 2}, {"no": 0, "abstain": 1}),
    "resolution_outcome_known": Check("resolution", {"outcome": "maybe"}, {"outcome": "lost"}),
    "resolution_outcome_rests_on_votes": Check(
        "resolution", {"needed_yes": None}, {"needed_yes": None, "outcome": ""}
    ),
    "resolution_carried_by_votes": Check("resolution", {"needed_yes": 7}, {"needed_yes": 6}),
    "candidate_name_present": Check("candidate", {"name": ""}, {"name": "𬭎"}),
    "candidate_once_an_election": Unique("candidate", right={"name": "别人"}),
    "candidate_elected_by_votes": Check("candidate", {"elected": True}, {"elected": True, "yes": 1}),
    "written_opinion_once_a_member": Unique("opinion", right={"member": Row("other_member")}),
    "exclusion_reason_known": Check("exclusion", {"reason": "lazy"}, {"reason": "abroad"}),
    "exclusion_state_known": Check("exclusion", {"state": "lost"}, {"state": "withdrawn"}),
    "exclusion_explained": Check("exclusion", {"explanation": ""}, {"explanation": "病"}),
    "exclusion_decided_by_somebody": Check(
        "exclusion", {"state": "approved", "decided_at": NOW}, {"state": "approved", **DECIDED}
    ),
    "exclusion_decided_by_another": Check(
        "exclusion",
        {"state": "approved", **DECIDED, "decided_by": Row("user")},
        {"state": "approved", **DECIDED},
    ),
    "exclusion_in_force_has_start": Check(
        "exclusion", {"state": "adopted", **DECIDED}, {"state": "adopted", **DECIDED, "start_on": DAY}
    ),
    "exclusion_ends_after_start": Check(
        "exclusion",
        {"state": "ended", **DECIDED, "start_on": DAY, "end_on": EARLIER},
        {"state": "ended", **DECIDED, "start_on": DAY, "end_on": DAY},
    ),
    "exclusion_ended_has_end": Check(
        "exclusion",
        {"state": "ended", **DECIDED, "start_on": DAY},
        {"state": "ended", **DECIDED, "start_on": DAY, "end_on": DAY},
    ),
    "exclusion_once_under_way": Unique("exclusion", right={"state": "withdrawn"}),
    "transfer_state_known": Check(
        "transfer", {"state": "lost", **DECIDED}, {"state": "withdrawn", **DECIDED}
    ),
    "transfer_between_two_branches": Check(
        "transfer", {"to_organization": Row("branch")}, {"to_organization": Row("small_branch")}
    ),
    "transfer_one_open_per_member": Unique("transfer", right={"state": "withdrawn", **DECIDED}),
    "transfer_decided_has_who_and_when": Check(
        "transfer", {"state": "withdrawn"}, {"state": "withdrawn", **DECIDED}
    ),
    "transfer_accepted_has_day": Check(
        "transfer",
        {"state": "accepted", **DECIDED},
        {"state": "accepted", **DECIDED, "received_on": DAY},
    ),
    "transfer_returned_has_reason": Check(
        "transfer", {"state": "returned", **DECIDED}, {"state": "returned", **DECIDED, "opinion": "重复"}
    ),
    "leave_state_known": Check("leave", {"state": "forgotten"}, {"state": "withdrawn"}),
    "leave_reason_present": Check("leave", {"reason": ""}, {"reason": "病"}),
    "leave_decided_by_somebody": Check("leave", {"state": "granted"}, {"state": "granted", **DECIDED}),
    "leave_refused_with_a_sentence": Check(
        "leave", {"state": "refused", **DECIDED}, {"state": "refused", **DECIDED, "answer": "请到会"}
    ),
    "leave_once_a_meeting": Unique("leave", right={"day": DAY + timedelta(days=1)}),
    "attendance_caught_up_when_away": Check(
        "attendance", {"caught_up_on": DAY}, {"caught_up_on": DAY, "presence": "absent"}
    ),
    "attendance_caught_up_afterwards": Check(
        "attendance",
        {"presence": "absent", "caught_up_on": date(2026, 11, 19)},
        {"presence": "absent", "caught_up_on": DAY},
    ),
    "attendance_catch_up_note_has_day": Check(
        "attendance",
        {"presence": "absent", "catch_up_note": "看了录音整理"},
        {"presence": "absent", "catch_up_note": "看了录音整理", "caught_up_on": DAY},
    ),
}
