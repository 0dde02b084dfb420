"""Bugs at the doors: whose request it is, when it is answered, and what is done by then."""

from tests.mutants.mutant import Edit, Mutant
from tests.mutants.noticing import test_a_bug_is_noticed as test_a_bug_is_noticed

STORY = "tests/mutants/story_of_the_door.py"
DECIDING = "tests/mutants/story_of_deciding.py"
GOING = "tests/mutants/story_of_going.py"
DOOR = "bot/slack/http_door.py"
BEFORE_RESPONSE = "        process_before_response=True,  # the answer"

MUTANTS = (
    Mutant(
        "a signature not compared",
        "Anybody who knows the address approves deploys.",
        DOOR,
        '    return "" if hmac.compare_digest(wanted.encode(), signature.encode()) else "wrong signature"',
        '    return "" if signature and wanted else "wrong signature"',
        f"{STORY}::test_only_what_slack_signed_is_heard",
    ),
    Mutant(
        "an old signature accepted",
        "A request that somebody wrote down last year still approves.",
        DOOR,
        "        if abs(self._clock().timestamp() - int(timestamp)) > FRESH.total_seconds():",
        "        if int(timestamp) - self._clock().timestamp() > FRESH.total_seconds():",
        f"{STORY}::test_what_was_signed_at_another_time_is_not_heard[long ago]",
    ),
    Mutant(
        "a signature of tomorrow accepted",
        "A clock that went wrong once leaves a request that is good for ever.",
        DOOR,
        "        if abs(self._clock().timestamp() - int(timestamp)) > FRESH.total_seconds():",
        "        if self._clock().timestamp() - int(timestamp) > FRESH.total_seconds():",
        f"{STORY}::test_what_was_signed_at_another_time_is_not_heard[in the future]",
    ),
    Mutant(
        "a request replayed",
        "Whoever reads along sends the same request once more, and it is done once more.",
        DOOR,
        "        if not self._seen.is_new(proof):",
        "        if not proof:",
        f"{STORY}::test_what_was_heard_once_cannot_be_sent_by_somebody_else",
    ),
    Mutant(
        "payload in a form",
        "A service called payload-something cannot be deployed: Bolt takes the command for a click.",
        DOOR,
        '            body=body, headers=dict(headers), mode="socket_mode", context',
        '            body=raw_body.decode() or str(body), headers=dict(headers), mode="http", context',
        f"{STORY}::test_a_service_may_be_called_payload",
    ),
    Mutant(
        "an answer after everything else",
        "Slack is slow for a moment, and whoever presses is told that it failed.",
        "bot/slack/tools.py",
        "        self.executor.submit(self._do, partial(what, *arguments, **named), tries=1)",
        "        self._do(partial(what, *arguments, **named), tries=1)",
        f"{STORY}::test_an_answer_does_not_wait_for_slack",
        also=(
            Edit(
                "bot/slack/actions.py",
                """        ack()
        tell(tools, body, answer, f"Got it: checking""",
                """        tell(tools, body, answer, "Got it")
        ack()
        tell(tools, body, answer, f"Got it: checking""",
            ),
        ),
    ),
    Mutant(
        "an answer before the commit",
        "The presser sees that it went well, and nothing was written down.",
        "bot/slack/app.py",
        BEFORE_RESPONSE,
        BEFORE_RESPONSE.replace("True", "False"),
        f"{STORY}::test_what_is_not_written_down_is_not_answered",
        also=(
            Edit(
                "bot/slack/actions.py",
                """        answer = tools.desk.hear(_heard(tools, body, context, _press(body, verdict)))
        ack()
""",
                """        ack()
        answer = tools.desk.hear(_heard(tools, body, context, _press(body, verdict)))
""",
            ),
        ),
    ),
    Mutant(
        "an event acknowledged before the commit",
        "An announcement that could not be written down is never sent again.",
        "bot/slack/app.py",
        BEFORE_RESPONSE,
        BEFORE_RESPONSE.replace("True", "False"),
        "tests/slack/test_http_door.py::"
        "test_an_event_whose_commit_failed_is_sent_again_by_slack_because_the_answer_is_500",
    ),
    Mutant(
        "a slow call before the form",
        "The form never opens when Slack is slow: a trigger lives three seconds.",
        "bot/slack/actions.py",
        '    if not forms.opened(tools.web, str(body["trigger_id"]), view):\n        tell(tools, body, Answer(NO_FORM',
        '    tools.room.member(str(body["user"]["id"]))\n'
        '    if not forms.opened(tools.web, str(body["trigger_id"]), view):\n        tell(tools, body, Answer(NO_FORM',
        f"{STORY}::test_a_form_opens_before_anything_else_is_asked",
    ),
    Mutant(
        "the same click counted twice",
        "A click that is delivered again is another decision.",
        "bot/slack/actions.py",
        """    return f"click:{body['user']['id']}:{action['action_ts']}:{action['action_id']}:{ts}\"""",
        """    return f"click:{body['user']['id']}:{body['trigger_id']}:{action['action_id']}:{ts}\"""",
        f"{DECIDING}::test_the_same_click_delivered_twice_counts_once",
    ),
    Mutant(
        "a guest decides",
        "Somebody who is only a guest in the workspace approves a deploy.",
        "integrations/slack/people.py",
        '    if user.get("is_restricted") or user.get("is_ultra_restricted"):',
        '    if user.get("is_ultra_restricted"):',
        f"{DECIDING}::test_an_approver_who_is_no_member_any_more_decides_nothing[a guest]",
    ),
    Mutant(
        "somebody of another workspace decides",
        "Whoever shares a channel with us approves our deploys.",
        "bot/story/people.py",
        "    if not person.slack_team == member.team == tools.policy().team:",
        "    if not person.slack_team:",
        f"{DECIDING}::test_an_approver_who_is_no_member_any_more_decides_nothing[of another workspace]",
        also=(
            Edit(
                "integrations/slack/people.py",
                '    if user.get("is_stranger") or user.get("team_id") != team:',
                '    if user.get("is_foreign") and team:',
            ),
        ),
    ),
    Mutant(
        "a workspace not compared",
        "The workspace that Slack tells with a click is not looked at.",
        "bot/story/people.py",
        "    if not person.slack_team == member.team == tools.policy().team:",
        "    if member.team != tools.policy().team:",
        f"{DECIDING}::test_a_click_from_another_workspace_is_not_taken_for_the_same_id_here",
    ),
    Mutant(
        "any app announces",
        "An app that nobody allowed asks for deploys in the name of the pipeline.",
        "bot/slack/events.py",
        '    announcer = tools.policy.announcer(str(next(iter(apps), "")))\n',
        "    announcer = next((one for app in (*apps, 'A0PIPELINE') if (one := tools.policy.announcer(app))), None)\n",
        "tests/integrations/slack/test_front_door.py::"
        "test_an_announcement_of_an_allowed_app_is_heard_and_a_rogue_ones_is_not[http]",
    ),
    Mutant(
        "a token for every service",
        "The pipeline of one team reports, and cancels, the deploys of another.",
        "bot/api/pipeline.py",
        "        if not who.may_speak_for(service.lower()):",
        "        if not who.services:",
        f"{GOING}::test_a_token_speaks_for_its_own_service_alone[announcement]",
    ),
    Mutant(
        "a token that reads everything",
        "The pipeline of one team reads the changes of another.",
        "bot/api/pipeline.py",
        "        if found is None or not who.may_speak_for(found.service):",
        "        if found is None:",
        f"{GOING}::test_a_token_speaks_for_its_own_service_alone[change]",
    ),
)
