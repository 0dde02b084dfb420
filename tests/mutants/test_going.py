"""Bugs in what opens the gate, what shuts it, and what is found beside it."""

from tests.mutants.mutant import Mutant
from tests.mutants.noticing import test_a_bug_is_noticed as test_a_bug_is_noticed

STORY = "tests/mutants/story_of_going.py"
GATE = "bot/change/gate.py"

MUTANTS = (
    Mutant(
        "open as soon as it is approved",
        "The pipeline goes before ServiceNow has the change in Implement, outside its window.",
        GATE,
        "    if not is_cleared(change) or change.cleared_until is None:\n",
        """    if where_it_stands(change).startswith("approved"):
        return Gate(True, "approved")
    if not is_cleared(change) or change.cleared_until is None:
""",
        f"{STORY}::test_what_is_approved_waits_for_its_window",
    ),
    Mutant(
        "a window not waited for",
        "What was approved for tonight goes at noon.",
        "bot/change/window.py",
        "    return window.start <= now < window.end",
        "    return now < window.end",
        f"{STORY}::test_what_is_approved_waits_for_its_window",
    ),
    Mutant(
        "open for another commit",
        "What goes to production is not what was approved.",
        GATE,
        "    if sha and change.release and not _is_same(sha, change.release.sha):",
        "    if sha and change.release and not change.release.sha:",
        f"{STORY}::test_it_opens_for_the_sha_that_was_approved_and_no_other",
    ),
    Mutant(
        "open for a commit that begins alike",
        "Six equal digits make another commit pass for the approved one.",
        GATE,
        "    return len(given) >= 7 and approved.startswith(given.lower())",
        "    return approved.startswith(given.lower()[:6])",
        f"{STORY}::test_it_opens_for_the_sha_that_was_approved_and_no_other",
    ),
    Mutant(
        "open while ServiceNow is silent",
        "Somebody put the change on hold an hour ago, ServiceNow is away, and the pipeline goes.",
        GATE,
        "    if heard_at is None or now - heard_at > patience:",
        "    if heard_at is None:",
        f"{STORY}::test_it_shuts_while_servicenow_is_silent",
    ),
    Mutant(
        "open on hold",
        "Somebody pulled the brake, and the pipeline goes.",
        GATE,
        '    if change.on_hold:\n        return Gate(False, f"{change.number} is on hold")\n',
        "",
        f"{STORY}::test_a_hold_shuts_it",
    ),
    Mutant(
        "open after its window",
        "What was approved for last night still goes today.",
        GATE,
        "    if now >= change.cleared_until:\n",
        "    if not now:\n",
        f"{STORY}::test_a_window_that_is_over_shuts_it",
    ),
    Mutant(
        "a move by hand taken for ours",
        "Whoever moves a change by hand opens the gate, without anything that was checked.",
        "bot/story/go.py",
        "    return is_there and change.projection(GONE).is_in_doubt and not _is_kept_back(change)",
        "    return is_there and not _is_kept_back(change)",
        f"{STORY}::test_a_move_by_hand_clears_nothing",
    ),
    Mutant(
        "a move by hand unnoticed",
        "Somebody moves a change on in ServiceNow, and no manager ever hears of it.",
        "bot/story/by_hand.py",
        "    return after.state is State.IMPLEMENT and before.state is not State.IMPLEMENT and not is_ours",
        "    return after.state is State.CLOSED and before.state is not State.CLOSED and not is_ours",
        f"{STORY}::test_a_move_by_hand_clears_nothing",
    ),
    Mutant(
        "a moved tag followed",
        "Somebody moves the tag after the approval, and what nobody approved goes.",
        "bot/story/go.py",
        '    return "" if sha == change.release.sha else sha',
        '    return "" if sha else sha',
        f"{STORY}::test_a_tag_that_moved_is_not_what_was_approved",
    ),
    Mutant(
        "an uncleared start taken as news",
        "A pipeline that does not ask deploys without approval, and nobody is told.",
        "bot/desk/reporting.py",
        "        return _find_uncleared(hearing, change, said)",
        '        return Answer("Noted.", change.id, change.number)',
        f"{STORY}::test_whoever_starts_before_it_is_cleared_is_found",
    ),
    Mutant(
        "silence waited for for ever",
        "A request that nobody decides stays open, and is decided by accident a week later.",
        "bot/story/cancel.py",
        "        return decided_by(now, change)\n",
        "        return not decided_by and bool(now)\n",
        f"{STORY}::test_silence_is_never_a_yes",
    ),
)
