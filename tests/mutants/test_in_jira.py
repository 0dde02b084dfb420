"""Bugs in what is read from Jira, and in what is written there."""

from tests.mutants.mutant import Mutant
from tests.mutants.noticing import test_a_bug_is_noticed as test_a_bug_is_noticed

CLIENT = "tests/integrations/jira/test_client"
STORY = "tests/mutants/story_of_telling.py"

MUTANTS = (
    Mutant(
        "a link without its id",
        "Each time the change moves, the story gets one more link to it.",
        "integrations/jira/fields.py",
        '        "globalId": link.global_id,\n        "application"',
        '        "application"',
        f"{CLIENT}_links.py::test_linking_again_updates_the_one_link[Cloud]",
    ),
    Mutant(
        "an update of half a link",
        "Jira empties what an update leaves out: the link loses its icon and its state.",
        "integrations/jira/client.py",
        "        body = link_body(link, self._icons_url)\n",
        """        body = link_body(link, self._icons_url)
        if self.linked(key, link.global_id):
            body["object"] = {"url": link.url, "title": link.title}
""",
        f"{CLIENT}_links.py::test_an_update_empties_nothing",
    ),
    Mutant(
        "the second page of a search lost",
        "Stories beyond the first page are called missing.",
        "integrations/jira/lookup.py",
        '        if not page["issues"] or len(found) >= page["total"]:\n            return found',
        "        return found",
        f"{CLIENT}_pages.py::test_a_data_center_that_gives_little_at_once_is_asked_again",
    ),
    Mutant(
        "more than a hundred at once",
        "Jira refuses to fetch more than a hundred issues at once: a large release cannot be asked for.",
        "integrations/jira/lookup.py",
        "MOST_AT_ONCE = 100 ",
        "MOST_AT_ONCE = 1000 ",
        f"{CLIENT}_reading.py::test_a_hundred_and_twenty_stories_take_four_calls",
    ),
    Mutant(
        "a hidden story dropped",
        "What Jira does not show is left out in silence, and nobody sees that it is deployed.",
        "integrations/jira/client.py",
        "by_key.get(key.upper()), archived) for key in keys)",
        "by_key.get(key.upper()), archived) for key in keys if key.upper() in by_key)",
        f"{CLIENT}_reading.py::test_each_key_asked_gets_its_answer_in_order[Cloud]",
    ),
    Mutant(
        "wiki markup unescaped",
        "A reason that somebody typed calls people in Jira, or shows something else than it says.",
        "integrations/jira/fields.py",
        '"body": wiki_of(text)',
        '"body": text',
        f"{CLIENT}_comments.py::test_hostile_text_arrives_as_text",
    ),
    Mutant(
        "a lost comment taken for none",
        "The connection broke after Jira kept the comment; it is written again.",
        "integrations/jira/comments.py",
        "comment_body(text, marker), repeatable=False)",
        "comment_body(text, marker), repeatable=True)",
        f"{CLIENT}_comments.py::test_a_lost_answer_is_unknown_and_nothing_is_sent_twice",
    ),
    Mutant(
        "a comment written again unsought",
        "After a broken connection a story says twice that its change was approved.",
        "bot/story/link.py",
        """        if ref := tools.tracker.find_comment(story.key, marker):
            return ref
""",
        "",
        f"{STORY}::test_a_comment_whose_answer_was_lost_stands_once",
    ),
    Mutant(
        "a marker taken from anybody",
        "Somebody else's comment passes for ours, and the decision is never said.",
        "integrations/jira/comments.py",
        'if own := [comment for comment in page if person_id(comment.get("author")) == author]:',
        "if own := list(page):",
        f"{CLIENT}_comments.py::test_a_marker_on_somebody_elses_comment_is_not_ours[Cloud]",
    ),
    Mutant(
        "a comment for customers",
        "Customers of a service project read who approved what.",
        "integrations/jira/fields.py",
        '{"key": MARKER, "value": marker_value(marker)}, INTERNAL]',
        '{"key": MARKER, "value": marker_value(marker)}]',
        f"{CLIENT}_comments.py::test_comments_are_kept_from_customers",
    ),
    Mutant(
        "a restricted title shown",
        "A story behind a security level shows its title to the whole channel.",
        "integrations/jira/fields.py",
        '    if fields.get("security"):',
        '    if fields.get("secrecy"):',
        f"{STORY}::test_a_restricted_story_shows_its_key_alone",
    ),
    Mutant(
        "a restricted title trusted",
        "The card shows whatever it knows of a story that may not be shown.",
        "bot/slack/stories.py",
        '    summary = said(story.summary, 80) if story.found in SHOWN else "_restricted_"',
        "    summary = said(story.summary, 80)",
        "tests/slack/test_cards.py::test_a_restricted_story_shows_its_key_alone_whatever_we_know_of_it",
    ),
    Mutant(
        "a dead token believed",
        "Jira answers a dead token as it answers strangers, and the release seems to have no stories.",
        "integrations/jira/connections.py",
        '        client._session.hooks["response"].append(_check_login)\n',
        "",
        f"{CLIENT}_failures.py::test_a_dead_token_is_told_at_every_call",
    ),
    Mutant(
        "a write turned into a read",
        "A renamed site redirects, and a comment becomes a question that nobody asked.",
        "integrations/jira/connections.py",
        "        client._session.max_redirects = 0 ",
        "        client._session.max_redirects = 5 ",
        f"{CLIENT}_failures.py::test_a_renamed_site_never_turns_a_write_into_a_read[302]",
    ),
)
