"""Hostile text: nobody is called, nothing is faked, nothing is turned around, nothing grows too long."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.change.model import Hands, Outcome, Person, Progress, State
from bot.slack import home
from bot.slack.blocks import link, mention
from bot.slack.cards import card
from bot.slack.details import details
from bot.slack.lists import one, queue
from bot.slack.notices import notices
from bot.slack.text import cut_mrkdwn, plain, said, size
from tests.builders import LINUS, NOW, at_authorize, change, claim, decision, plan, release, row, story
from tests.doubles.reads import Line
from tests.slack.front import Front
from tests.slack.reading import all_text, is_accepted, is_accepted_view

NASTY = (
    "<!channel> <@U0BOSS> <!subteam^S1> & <https://evil.example|safe.example>\n> quote\r\n"
    "*bold* `code` ~strike~ :white_check_mark: \u202eevil\u202c \u2066x\u2069 \u0000\u2028 " + "x" * 10_000
)
OURS = re.compile(r"<!date\^\d+\^[^>]*>|<@U0(ADA|MARGARET|GRACE|BARBARA)>|<https?://[^>|]*\|")


def nasty(**facts):
    """A change in which everything anybody could write is hostile."""
    stories = tuple(story(NASTY[:60] + str(n), NASTY, url=NASTY, named_as=NASTY) for n in range(30))
    known = {
        "version": NASTY, "environment": NASTY, "service": NASTY, "why": NASTY, "source": NASTY, "trouble": NASTY,
        "url": "https://ci.example/" + NASTY, "stopped_because": NASTY,
        "requested_by": Person("p", NASTY, "U0LINUS", "T0ACME", NASTY, "sys-linus"),
        "hands": Hands(unresolved=(NASTY,) * 5),
        "release": release(stories=stories, base_version=NASTY, base_source=NASTY, reverted_keys=(NASTY,) * 50,
                           commits_without_story=(NASTY,) * 20, commits_without_story_count=400),
        "plan": plan(affected=NASTY, description=NASTY, justification=NASTY, implementation=NASTY, test=NASTY,
                     backout=NASTY, risk_impact=NASTY),
        "rows": tuple(row(LINUS, approver=f"sys{n}", approver_name=NASTY + str(n), group="", approver_email="")
                      for n in range(40)),
        "slack_ids": {f"sys{n}": f"U0N{n}" for n in range(40)},
        "decisions": tuple(decision(id=f"d{n}", name=NASTY, reason=NASTY) for n in range(30)),
        "claims": tuple(claim(Person(f"p{n}", NASTY)) for n in range(20)),
        "outcome_why": NASTY, "outcome_source": NASTY, "outcome_by": Person("p", NASTY),
    }  # fmt: skip
    return change(**(known | facts))


SHAPES = [
    nasty(),
    nasty(state=State.AUTHORIZE),
    nasty(state=State.IMPLEMENT, cleared_until=NOW),
    nasty(progress=Progress.STOPPED),
    nasty(outcome=Outcome.REJECTED, state=State.CANCELED),
    nasty(outcome=Outcome.FAILED, state=State.REVIEW),
    nasty(alias_of=NASTY),
]


def harmless(text):
    """What is left of the angle brackets when our own marks are taken out."""
    rest = re.sub(r"<@U0N\d+>", "", OURS.sub("", text))
    return not re.search(r"<[!@#]|<https?:", rest) and "\u202e" not in text and "\u0000" not in text


@pytest.mark.parametrize("of", SHAPES)
def test_hostile_words_call_nobody_and_everything_is_accepted(of):
    line = Line(1, NOW, "said", NASTY, NASTY)
    messages = [
        card(of, now=NOW, people=of.slack_ids),
        queue([of] * 40, NOW),
        one(of, [line] * 99, now=NOW, page=NASTY),
    ]
    messages += [notice.message for notice in notices(of, now=NOW, people=of.slack_ids)]
    views = [details(of, [line] * 200, now=NOW, page="https://sn.example/"), home.view(Front().room, [of], [of], NOW)]

    for message in messages:
        assert is_accepted(message)
        assert harmless(all_text(message))
    for view in views:
        assert is_accepted_view(view)
        assert harmless(all_text(view))


def test_an_ordinary_change_shows_no_stray_mark():
    for of in (change(), at_authorize()):
        assert harmless(all_text(card(of, now=NOW, people=of.slack_ids)))


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_whatever_is_said_stands_on_one_line_unable_to_mark_anything(text):
    shown = said(text)

    assert "\n" not in shown
    assert not re.search(r"[<>]", shown)
    assert not re.search(r"&(?!amp;|lt;|gt;)", shown)
    assert not re.search(r":[a-z0-9_+'-]+:", shown)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200), st.integers(1, 100))
def test_plain_text_never_exceeds_its_limit(text, limit):
    assert size(plain(text, limit)) <= limit + 2


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="a😀<>&;|@U lt", max_size=60), st.integers(2, 50))
def test_cutting_leaves_no_half_link_and_no_half_entity(text, limit):
    short = cut_mrkdwn(f"<https://a.b|{text.replace('<', '').replace('>', '')}> &amp; &lt; {limit}", limit)

    assert size(short) <= limit
    assert short.count("<") == short.count(">")
    assert not re.search(r"&[a-z]{0,3}…$", short)


def test_names_written_from_right_to_left_are_kept_to_themselves():
    assert said("‏מרגרט") == "\u2068מרגרט\u2069"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "", "ftp://x", "https:// x", "//evil"])
def test_only_web_addresses_become_links(url):
    assert link(url, "label") == "label"


def test_a_link_cannot_be_broken_out_of():
    assert link("https://x.example/a|b>c <d", "label") == "<https://x.example/a%7Cb%3Ec%20%3Cd|label>"


def test_only_ids_are_mentioned():
    assert mention("U0ADA") == "<@U0ADA>"
    assert mention("channel>") == "channel&gt;"
