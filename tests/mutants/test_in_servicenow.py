"""Bugs in what is said to ServiceNow, and in what is made of its answers."""

from tests.mutants.mutant import Edit, Mutant
from tests.mutants.noticing import test_a_bug_is_noticed as test_a_bug_is_noticed

CLIENT = "tests/integrations/servicenow/test_client"
STORY = "tests/mutants/story_of_opening.py"
FULL_ROAD = f"{STORY}::test_every_hop_is_made_up_to_the_end"
PARTICULAR = f"{STORY}::test_an_instance_that_is_particular_about_states_is_opened_in_new_and_asks"

MUTANTS = (
    Mutant(
        "a resource shared by threads",
        "One thread reads, and writes upon, the record that another one asked for.",
        "integrations/servicenow/connection.py",
        '        return self._client.resource(f"/table/{table}", timeout=self._timeouts)',
        """        kept = self.__dict__.setdefault("_resources", {})
        if table not in kept:
            kept[table] = self._client.resource(f"/table/{table}", timeout=self._timeouts)
        return kept[table]""",
        f"{CLIENT}_threads.py::test_nobody_gets_what_another_thread_asked_for",
    ),
    Mutant(
        "an answer never read",
        "ServiceNow refuses a write, and nobody notices, since pysnow tells of an error only to who reads the answer.",
        "integrations/servicenow/connection.py",
        """            self._checked(response, repeatable=repeatable)
            return unwrap(response.one())""",
        "            return {} if response else {}",
        f"{CLIENT}_approvals.py::test_the_change_account_cannot_record_verdicts",
    ),
    Mutant(
        "a caret in a query",
        "Whoever writes ^OR into a name asks ServiceNow for other records than meant.",
        "integrations/servicenow/query.py",
        'all(c != "^" and unicodedata',
        "all(unicodedata",
        f"{CLIENT}_hostile.py::test_no_value_asks_for_more_than_itself[an or]",
    ),
    Mutant(
        "a state sent on create",
        "A change is opened right in Authorize, and ServiceNow never asks anybody about it.",
        "integrations/servicenow/changes.py",
        '        columns |= {"chg_model"',
        '        columns |= {"state": "-3", "chg_model"',
        PARTICULAR,
    ),
    Mutant(
        "a state skipped",
        "A change goes from New to Scheduled, past everybody who should approve it.",
        "bot/story/open.py",
        "    hop(tools, change, State.ASSESS)",
        "    tools.records.move(change.sys_id, State.SCHEDULED)",
        PARTICULAR,
    ),
    Mutant(
        "a state sent as a label",
        "An instance that takes numbers alone leaves the change where it is, or puts it somewhere else.",
        "integrations/servicenow/changes.py",
        '"state": fields.STATE_VALUES[to]',
        '"state": to.value',
        PARTICULAR,
    ),
    Mutant(
        "next states not asked for",
        "Moves are tried that the change model does not allow, and each leaves a refusal in ServiceNow's log.",
        "bot/story/hop.py",
        "    if to in tools.records.next_states(change.sys_id):",
        "    if to:",
        PARTICULAR,
    ),
    Mutant(
        "ignored fields overlooked",
        "ServiceNow answers 200 and says in a footnote what it did not write; the change goes on without it.",
        "integrations/servicenow/changes.py",
        """        ignored = self._really_ignored(result, columns, record)
        if ignored:
            raise Declined(SYSTEM, f"{record.number} was opened""",
        """        ignored: list[str] = []
        if ignored:
            raise Declined(SYSTEM, f"{record.number} was opened""",
        f"{CLIENT}_changes.py::test_a_field_of_ours_that_was_really_ignored_is_declined_by_name",
    ),
    Mutant(
        "no read-back after create",
        "Approvers decide on a change that does not hold what Cabbie wrote.",
        "bot/story/open.py",
        "    if lost := tools.records.differences(record, plan, change, hands.requester):",
        "    if lost := ():",
        f"{STORY}::test_a_column_that_is_not_kept_is_noticed_before_anybody_is_asked[backout_plan]",
    ),
    Mutant(
        "a dropped key unnoticed",
        "The change lost its key, and the next look opens a second one.",
        "integrations/servicenow/changes.py",
        "        if record.correlation_id != change.correlation_id:",
        "        if record.number == change.correlation_id:",
        f"{STORY}::test_a_column_that_is_not_kept_is_noticed_before_anybody_is_asked[correlation_id]",
    ),
    Mutant(
        "whatever is found is ours",
        "ServiceNow drops a condition it cannot use and gives other people's changes, which Cabbie takes for its own.",
        "integrations/servicenow/changes.py",
        "for row in _with_key(rows, correlation_id)]",
        "for row in rows]",
        f"{CLIENT}_changes.py::test_an_instance_that_hides_the_key_is_not_taken_for_one_without_the_change",
    ),
    Mutant(
        "a lost create taken for none",
        "The connection broke after ServiceNow opened the change; Cabbie believes that nothing happened.",
        "integrations/servicenow/changes.py",
        '        result = self._connection.call("POST", "", columns, repeatable=False)',
        '        result = self._connection.call("POST", "", columns)',
        f"{CLIENT}_lost_answers.py::test_a_create_whose_answer_is_lost_is_unknown_and_found_by_its_key[reset after]",
    ),
    Mutant(
        "created again without looking",
        "One deploy has two changes, and two sets of approvers are asked.",
        "bot/story/open.py",
        "    record = find_ours(tools, change) or _create(tools, change, plan, hands)",
        "    record = _create(tools, change, plan, hands)",
        f"{STORY}::test_a_change_whose_answer_was_lost_is_there_once",
    ),
    Mutant(
        "a late second record stays",
        "A create that was slow shows up after the second one, and waits for approval for ever.",
        "bot/story/open.py",
        "            tools.records.move(late.sys_id, State.CANCELED, work_notes=note)",
        "            del note",
        f"{STORY}::test_a_change_that_shows_up_late_is_canceled",
    ),
    Mutant(
        "closed without code and notes",
        "ServiceNow refuses to close a change that does not say how it went; it stays in Review.",
        "bot/story/close.py",
        "hop(tools, change, State.CLOSED, close_code=code, close_notes=notes)",
        "hop(tools, change, State.CLOSED)",
        FULL_ROAD,
    ),
    Mutant(
        "zero taken for nothing",
        "Review has the number 0: whoever asks “if state” never sees it, and no change is ever closed.",
        "integrations/servicenow/fields.py",
        "    number = str(int(float(value)))\n",
        '    number = str(int(float(value)) or "")\n',
        f"{CLIENT}_values.py::test_review_is_a_state_although_its_number_is_zero",
    ),
    Mutant(
        "local times for UTC",
        "The window in ServiceNow is hours beside the one that was approved in Slack.",
        "integrations/servicenow/fields.py",
        '    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")',
        '    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S")',
        f"{CLIENT}_values.py::test_servicenow_holds_the_window_in_utc",
    ),
    Mutant(
        "a verdict believed on 200",
        "A rule of ServiceNow dropped the approval, and Slack says that it was recorded.",
        "integrations/servicenow/approvals.py",
        '        raise Unknown(SYSTEM, "a verdict was written and does not show yet")\n    _expect(written, after)\n',
        "        pass\n",
        f"{CLIENT}_approvals.py::test_an_answer_of_200_alone_is_not_believed",
    ),
    Mutant(
        "a row decided over",
        "Somebody was quicker, the row is not open any more, and Cabbie writes upon it all the same.",
        "integrations/servicenow/approvals.py",
        "    _expect(row_of(connection.row(TABLE, row, ROW_COLUMNS)), before)\n",
        "",
        f"{CLIENT}_approvals.py::test_a_row_that_is_no_longer_requested_is_left_alone",
    ),
    Mutant(
        "the first page is all",
        "Approvers beyond the first page of ServiceNow's answer are never asked.",
        "integrations/servicenow/connection.py",
        "            offset += self._page_size\n",
        "            return\n",
        f"{CLIENT}_approvals.py::test_pages_are_read_to_the_end_even_where_rows_are_hidden",
    ),
    Mutant(
        "a redirect followed",
        "A login page gets Cabbie's credentials, and its answer passes for ServiceNow's.",
        "integrations/servicenow/connection.py",
        "            session.max_redirects = 0",
        "            session.max_redirects = 5",
        f"{CLIENT}_lost_answers.py::test_a_redirect_is_not_followed_with_our_credentials",
    ),
    Mutant(
        "a wait not read",
        "ServiceNow says when it wants to be asked again, and Cabbie hammers on.",
        "integrations/http.py",
        '    said = response.headers.get("Retry-After", "").strip()',
        '    said = ""',
        f"{CLIENT}_lost_answers.py::test_the_instances_own_limit_is_honoured",
    ),
    Mutant(
        "a wait not kept",
        "A system asks for patience, and the story comes back at once.",
        "bot/story/trouble.py",
        "    return max(backoff, asked)",
        "    return backoff",
        "tests/mutants/story_of_telling.py::test_a_wait_that_was_asked_for_is_kept",
    ),
    Mutant(
        "the opener approves",
        "The account that opens and moves changes records approvals as well: one credential is enough to deploy.",
        "bot/wiring/systems.py",
        "        client_id=settings.servicenow_approval_client_id,",
        "        client_id=settings.servicenow_client_id,",
        "tests/mutants/story_of_deciding.py::"
        "test_a_verdict_is_written_into_the_pressers_own_row_by_the_account_for_verdicts",
        also=(
            Edit(
                "bot/wiring/systems.py",
                "        client_secret=word(settings.servicenow_approval_client_secret),",
                "        client_secret=word(settings.servicenow_client_secret),",
            ),
        ),
    ),
)
