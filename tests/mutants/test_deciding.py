"""Bugs in who may decide, on what, and what is made of it."""

from tests.mutants.mutant import Mutant
from tests.mutants.noticing import test_a_bug_is_noticed as test_a_bug_is_noticed

STORY = "tests/mutants/story_of_deciding.py"
NOBODY = f"{STORY}::test_who_may_not_decide_decides_nothing"
RULES = "bot/change/approval.py"

MUTANTS = (
    Mutant(
        "the first pending row",
        "Whoever presses approves, in the name of somebody else who was asked.",
        RULES,
        "    own = [row for row in change.rows if row.approver == sys_user]",
        "    own = list(change.rows)",
        f"{NOBODY}[not asked]",
    ),
    Mutant(
        "somebody else's row",
        "A member of the CAB presses, and another one is recorded as having approved.",
        RULES,
        "    if row := next((row for row in own if row.state is RowState.REQUESTED), None):",
        "    others = (row for row in change.rows if row.approver != sys_user)\n"
        "    if row := next((row for row in others if own and row.state is RowState.REQUESTED), None):",
        f"{STORY}::test_a_verdict_is_written_into_the_pressers_own_row_by_the_account_for_verdicts",
    ),
    Mutant(
        "the requester approves",
        "Whoever asks for a deploy may also say yes to it.",
        RULES,
        "    if hands.requested(sys_user):\n",
        "    if not sys_user:\n",
        f"{NOBODY}[the requester]",
    ),
    Mutant(
        "an author approves",
        "Whoever wrote the code says yes to it, and nobody else ever saw it.",
        RULES,
        "    if sys_user in hands.authors:\n",
        "    if not sys_user:\n",
        f"{NOBODY}[an author]",
    ),
    Mutant(
        "a stale card approves",
        "What is approved is not what was shown: the contents changed in between.",
        RULES,
        "    if claim.fingerprint and not change.fingerprint.startswith(claim.fingerprint):\n",
        "    if not change.fingerprint:\n",
        f"{STORY}::test_a_card_of_other_contents_decides_nothing",
    ),
    Mutant(
        "ServiceNow's screen as a way around",
        "The requester approves in ServiceNow itself, and the gate opens.",
        "bot/story/look.py",
        "        is_valid = verdict is Verdict.REJECTED or not unclean\n",
        "        is_valid = True\n",
        f"{STORY}::test_the_requesters_own_approval_in_servicenow_shuts_the_gate",
    ),
    Mutant(
        "a broken rule without consequences",
        "The managers hear that a rule was broken, and the deploy goes on all the same.",
        "bot/story/cancel.py",
        "    return is_broken and is_stoppable and not change.on_hold and change.outcome is None",
        "    return False and is_broken and is_stoppable",
        f"{STORY}::test_the_requesters_own_approval_in_servicenow_shuts_the_gate",
    ),
    Mutant(
        "a lost verdict taken for none",
        "ServiceNow has recorded the approval, and the approver is told that it was refused.",
        "bot/story/record.py",
        "        if found is None or found.state is not WANTED[claim.verdict] or not was_sent:",
        "        if found is None or found.state is not WANTED[claim.verdict] or was_sent:",
        f"{STORY}::test_a_verdict_whose_answer_was_lost_is_recorded_once",
    ),
    Mutant(
        "one yes is enough",
        "One of two has approved, and Cabbie tells that the change is approved.",
        "bot/slack/notices.py",
        "    past = change.state in (State.SCHEDULED, State.IMPLEMENT)\n",
        "    past = change.state in (State.AUTHORIZE, State.SCHEDULED, State.IMPLEMENT)\n",
        f"{STORY}::test_one_of_two_clears_nothing",
    ),
    Mutant(
        "four eyes not proven and not said",
        "An author whom nobody can tell may be the one who approves.",
        "bot/story/open.py",
        '    if hands.unresolved and tools.approval(change).unresolved_author == "stop":\n',
        "    if not change.title:\n",
        f"{STORY}::test_an_author_whom_nobody_knows_stops_it",
    ),
    Mutant(
        "the same change for the next attempt",
        "A deploy that was rejected is never asked about again.",
        "bot/story/listen.py",
        "        key=change_key(**place, sha=sha, attempt=attempt + 1),",
        "        key=change_key(**place, sha=sha, attempt=1),",
        "tests/mutants/story_of_opening.py::"
        "test_a_change_that_was_rejected_is_canceled_and_the_next_attempt_is_another",
    ),
)
