"""Bugs in what is shown in Slack."""

from tests.mutants.mutant import Edit, Mutant
from tests.mutants.noticing import test_a_bug_is_noticed as test_a_bug_is_noticed

CLIENT = "tests/integrations/slack/test_client.py"
CLIENT_FILE = "integrations/slack/client.py"
DECIDING = "tests/mutants/story_of_deciding.py"
TELLING = "tests/mutants/story_of_telling.py"
EDIT = "self.web.chat_update(channel=channel, ts=ts, text=message.text, blocks=[dict(b) for b in message.blocks])"

MUTANTS = (
    Mutant(
        "an edit without blocks",
        "The card loses its facts and its buttons as soon as anything happens.",
        CLIENT_FILE,
        EDIT,
        "self.web.chat_update(channel=channel, ts=ts, text=message.text)",
        f"{CLIENT}::test_an_edit_shows_the_new_blocks_and_keeps_the_marker",
    ),
    Mutant(
        "a second card for each edit",
        "Old cards stay and can still be pressed, and nobody knows which one is true.",
        CLIENT_FILE,
        EDIT,
        "self.web.chat_postMessage(channel=channel, text=message.text, blocks=[dict(b) for b in message.blocks])",
        f"{DECIDING}::test_one_change_has_one_card",
    ),
    Mutant(
        "a whisper that is edited",
        "What one person alone can see cannot be edited: they read “One moment…” for ever.",
        CLIENT_FILE,
        "                    self.web.chat_postEphemeral(channel=channel, user=user, text=safe)",
        """                    told = self.web.chat_postEphemeral(channel=channel, user=user, text="One moment…")
                    self.web.chat_update(channel=channel, ts=told["message_ts"], text=safe)""",
        f"{CLIENT}::test_without_a_response_url_one_person_is_told_in_the_channel",
    ),
    Mutant(
        "a post sent again by the library",
        "The connection broke after Slack took the card, and the channel has two.",
        "integrations/slack/web.py",
        "    web = PacedClient(pace, token=token, base_url=base_url, timeout=TIMEOUT, retry_handlers=[], ",
        "    web = PacedClient(pace, token=token, base_url=base_url, timeout=TIMEOUT, ",
        f"{CLIENT}::test_a_post_whose_answer_is_lost_is_unknown_and_was_sent_once",
    ),
    Mutant(
        "a redirect followed with the token",
        "Whoever stands in front of Slack sends Cabbie elsewhere, and is given the bot's token there.",
        "integrations/slack/wire.py",
        "    handlers: list[Any] = [_Stay()]",
        "    handlers: list[Any] = []",
        "tests/hostile/test_redirects.py::test_nobody_is_followed_elsewhere[slack posts-302]",
    ),
    Mutant(
        "a name in our own network answered at",
        "A resolver that somebody bent has Cabbie write to a machine inside.",
        "integrations/outside.py",
        "    if any(is_inside(str(where[0])) for *_, where in found):",
        "    if not found:",
        "tests/hostile/test_addresses.py::test_an_answer_goes_nowhere_when_slacks_name_leads_into_our_network",
    ),
    Mutant(
        "a card posted again unsought",
        "After a broken connection the channel has two cards of one change.",
        "bot/story/show.py",
        """        if ref := tools.room.find(channel, message.marker, thread=thread_ts):
            return ref
""",
        "",
        f"{TELLING}::test_a_message_whose_answer_was_lost_stands_once",
    ),
    Mutant(
        "a shared channel posted to",
        "Another company reads what is deployed, when, and by whom.",
        CLIENT_FILE,
        "        self._refuse_shared(channel)\n",
        "",
        f"{CLIENT}::test_nothing_is_posted_where_another_company_reads_along",
    ),
    Mutant(
        "another app's message taken for ours",
        "Any app that copies the marker keeps Cabbie from ever posting its card.",
        CLIENT_FILE,
        '        message.get("bot_id") == bot\n        and metadata',
        "        bool(bot)\n        and metadata",
        f"{CLIENT}::test_another_apps_message_with_our_marker_is_not_ours",
    ),
    Mutant(
        "a whisper unescaped",
        "A refusal that quotes a version calls the whole channel.",
        CLIENT_FILE,
        "        safe = _sentence(text)",
        "        safe = text",
        f"{CLIENT}::test_without_a_response_url_one_person_is_told_in_the_channel",
    ),
    Mutant(
        "an answer sent anywhere",
        "Whoever forges an address in a form is told what was decided.",
        CLIENT_FILE,
        "        if not is_response_url(response_url, self.web.base_url):",
        "        if not response_url:",
        f"{CLIENT}::test_nobody_elses_address_is_told_anything",
        also=(
            Edit(
                "integrations/slack/web.py",
                "    hook.is_told = urlsplit(response_url).netloc != urlsplit(web.base_url).netloc",
                "    hook.is_told = False",
            ),
        ),
    ),
    Mutant(
        "Slack's wait not read",
        "Slack says when it wants to be asked again, and Cabbie hammers on until it is cut off.",
        "integrations/slack/failures.py",
        '    if not re.fullmatch(r"\\d{1,9}(\\.\\d+)?", text):',
        "    if text:",
        f"{CLIENT}::test_being_asked_to_wait_says_how_long",
    ),
    Mutant(
        "mrkdwn unescaped",
        "A reason that holds <!channel> calls everybody.",
        "bot/slack/text.py",
        '    return re.sub("[&<>]", lambda found: ESCAPES[found[0]], text)',
        "    return text",
        f"{TELLING}::test_other_peoples_words_call_nobody",
    ),
    Mutant(
        "the CAB called by an edit",
        "An edit notifies nobody, and a reply in a thread hardly anybody: the CAB hears nothing of its turn.",
        "bot/slack/notices.py",
        '    yield _thread(change, "authorize", text, broadcast=True)',
        '    yield _thread(change, "authorize", text, broadcast=False)',
        f"{DECIDING}::test_the_cab_is_called_where_it_is_heard",
    ),
    Mutant(
        "the CAB called without names",
        "A name that is no mention rings nobody's bell.",
        "bot/slack/notices.py",
        "    whom = asked.mentions(change, people) or asked.names(change)",
        "    whom = asked.names(change)",
        f"{DECIDING}::test_the_cab_is_called_where_it_is_heard",
    ),
    Mutant(
        "a second acknowledgement",
        "A form that was refused closes as if all were well, and takes its reason with it.",
        "bot/slack/submits.py",
        '        ack(response_action="errors", errors={field: answer.sentence})\n',
        '        ack(response_action="errors", errors={field: answer.sentence})\n        ack()\n',
        "tests/integrations/slack/test_front_door.py::test_a_refused_rejection_says_so_in_the_form[http]",
    ),
)
