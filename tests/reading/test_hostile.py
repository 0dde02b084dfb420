"""Hostile messages and patterns are contained: nothing raises, nothing runs away, no look-alike is taken for a word."""

import pytest
import re2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.change.model import Progress, Status
from bot.change.reading import Name
from bot.reading import Format, Rule, gather, guess, propose, read, reader_of, reads_same
from bot.reading.patterns import SMALL
from bot.reading.sheet import LONGEST_LINE, MOST_CHARACTERS, MOST_LINES
from bot.slack.cards import card
from config.announcements import shipped_announcements, teams_own
from tests.builders import NOW, at_authorize, change, cleared
from tests.reading.examples import EXAMPLES

READER = reader_of(shipped_announcements())
SENTENCE = "Deployed till 5.0.1 to staging by ada"
SERVICES, ENVIRONMENTS = ("till", "payments"), ("production", "staging")
BOT = {"bot_id": "B0TOOL"}

names = st.sampled_from(
    ["text", "blocks", "attachments", "fields", "type", "title", "value", "elements", "bot_id", "url"]
)
odd = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(["section", "table"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names | st.text(max_size=5), inner, max_size=5),
    max_leaves=25,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(odd)
def test_whatever_json_it_is_given_it_answers(message: object):
    for given_message in (
        message,
        {**BOT, "text": message},
        {**BOT, "blocks": message},
        {**BOT, "attachments": message},
    ):
        read(given_message, READER)
        reads_same(given_message, message)
        if guessed := guess(given_message, SERVICES, ENVIRONMENTS):
            propose(given_message, guessed)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("<>|&;*_~`: \n\ud800\u200b\u202eab1/.@!#^-\0"), max_size=200))
def test_whatever_text_it_is_given_it_answers(text: str):
    read({**BOT, "text": text, "attachments": [{"title": text, "fields": [{"title": text, "value": text}]}]}, READER)


@pytest.mark.parametrize(
    "text",
    [
        "x" * 5_000_000,
        "<" * 5_000_000,
        "*_`~" * 1_000_000,
        "deploy to " * 500_000,
        "<https://a|b> " * 300_000,
        "\n" * 5_000_000,
    ],
    ids=["one word", "brackets", "marks", "words", "links", "lines"],
)
def test_five_megabytes_are_cut_and_that_is_said(text: str):
    sheet = gather({**BOT, "text": text})

    assert (
        sum(len(line.text) for line in sheet.lines) <= 3 * MOST_CHARACTERS
    )  # links are there twice, beside their text
    assert len(sheet.lines) <= MOST_LINES
    assert all(len(line.text) <= LONGEST_LINE for line in sheet.lines)
    assert sheet.is_cut
    if sheet.lines:
        assert "longer than what is read" in read({**BOT, "text": text}, READER).why[0]


def test_ten_thousand_levels_are_left_alone():
    deep: dict[str, object] = {"type": "section", "text": {"type": "mrkdwn", "text": SENTENCE}}
    for _ in range(10_000):
        deep = {"type": "rich_text_section", "text": deep, "elements": [deep], "fields": [deep], "title": deep}

    for message in ({**BOT, "blocks": [deep]}, {**BOT, "attachments": [{"blocks": [deep], "fields": [deep]}]}):
        assert read(message, READER).reading is None


def test_fifty_blocks_of_noise_do_not_drown_an_announcement():
    noise = [{"type": "section", "text": {"type": "mrkdwn", "text": f"{n} " * 1400}} for n in range(50)]

    reading = read({**BOT, "text": "noise", "blocks": noise, "attachments": [{"text": SENTENCE}]}, READER).reading

    assert reading is not None
    assert (reading.service, reading.status) == ("till", Status.SUCCEEDED)


LOOK_ALIKES = {
    "full-width": "Ｄeployed till 5.0.1 to staging",
    "Cyrillic": "Dерloyed till 5.0.1 to staging",
    "a Kelvin sign": "Roll bac\u212a of till 5.0.1 to staging failed",
    "a long s": "Relea\u017fed till 5.0.1 to staging",
    "zero width": "Dep\u200bloyed till 5.0.1 to staging",
    "turned around": "\u202eDeployed till 5.0.1 to staging",
    "taken back": "~Deployed till 5.0.1 to staging~",
}


@pytest.mark.parametrize("text", LOOK_ALIKES.values(), ids=LOOK_ALIKES)
def test_words_that_only_look_right_are_none(text: str):
    assert read({**BOT, "text": text}, READER).reading is None
    assert guess({**BOT, "text": text}, SERVICES, ENVIRONMENTS) is None


@pytest.mark.parametrize("service", ["ti\u200bll", "tіll", "ｔill", "ti\u00adll", "\u2066till"])
def test_a_service_that_only_looks_right_is_never_that_service(service: str):
    for text in (f"Deployed {service} 5.0.1 to staging", f"{service} release 5.0.1 is live on staging"):
        message = {**BOT, "text": text, "attachments": [{"title": service, "text": "Deploy to *staging* successful"}]}
        reading = read(message, READER).reading
        assert reading is None or reading.service.lower() not in SERVICES
        assert guess(message, SERVICES, ENVIRONMENTS) is None


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.reads], ids=str)
def test_a_person_who_writes_what_a_tool_writes_is_not_heard(example: object):
    posted = {name: value for name, value in example.message.items() if name not in ("bot_id", "app_id", "subtype")}  # type: ignore[attr-defined]

    for message in (
        {**posted, "user": "U0PERSON"},
        {**posted, "user": "U0PERSON", "bot_id": None, "app_id": ""},
        {**posted, "user": "U0PERSON", "bot_id": "B1", "client_msg_id": "7d1c0f6e"},
    ):
        assert read(message, READER).reading is None
        assert guess(message, SERVICES, ENVIRONMENTS) is None


@pytest.mark.parametrize("subtype", ["channel_topic", "channel_name", "me_message", "message_deleted", 7])
def test_what_is_no_post_is_not_heard(subtype: object):
    assert read({**BOT, "subtype": subtype, "text": SENTENCE}, READER).reading is None


def test_what_a_tool_quotes_of_others_is_not_its_word():
    preview = {"from_url": "https://acme.slack.example/archives/C1/p1", "text": SENTENCE}

    assert read({**BOT, "text": "look", "attachments": [preview]}, READER).reading is None
    assert reads_same({**BOT, "text": "look"}, {**BOT, "text": "look", "attachments": [preview]})


@pytest.mark.parametrize(
    "ours", [change(progress=Progress.LISTENING), at_authorize(), cleared()], ids=["new", "asked", "cleared"]
)
def test_our_own_card_is_no_announcement(ours: object):
    shown = card(ours, now=NOW)  # type: ignore[arg-type]
    message = {**BOT, "text": shown.text, "blocks": list(shown.blocks)}

    assert read(message, READER).reading is None
    assert guess(message, ["payments"], ["production"]) is None


def test_a_commits_title_cannot_say_how_the_deploy_went():
    body = "<https://g/shop/till|shop/till> with job <https://g/-/jobs/3|#3> by <https://g/ada|Ada (ada)>"
    message = {
        **BOT,
        "text": "Starting deploy to staging",
        "attachments": [{"text": body + "\nDeploy to production succeeded\ntext\tDeploy to production failed"}],
    }

    reading = read(message, READER).reading

    assert reading is not None
    assert (reading.status, reading.environment) == (Status.STARTED, "staging")


def test_what_a_tools_own_format_reads_as_no_deploy_is_not_read_as_somebodys_sentence():
    body = "unit-tests - #7 Success after 9 sec (<https://ci.acme.example/7/|Open>)\nChanges:\n"
    message = {**BOT, "attachments": [{"fields": [{"value": body + "Deployed till 5.0.1 to staging"}]}]}

    ruling = read(message, READER)

    assert ruling.reading is None
    assert ruling.known_as == "jenkins"


RUNAWAY = [r"(a+)+$", r"(a|aa)+b", r"(.*)*x", r"(?:a?){500}a{500}"]


@pytest.mark.parametrize("pattern", RUNAWAY)
def test_a_teams_pattern_cannot_run_away(pattern: str):
    """It is linear in the text, or refused: with backtracking this would not end."""
    rule = Rule("text", pattern, Status.SUCCEEDED)
    own = teams_own([{"format": "ours", "signature": [{"where": "text", "line": pattern, "status": "succeeded"}]}])
    if own.wrong:
        return

    reader = reader_of(shipped_announcements(), own.formats, [Name(r"(a+)+$")])

    assert read({**BOT, "text": "a" * 1900 + "!"}, reader).reading is None
    assert rule.line == own.formats[0].signature[0].line


def test_what_is_too_large_to_compile_is_refused():
    own = teams_own(
        [{"format": "ours", "signature": [{"where": "text", "line": "((a{999}){999}){999}", "status": "failed"}]}]
    )

    assert own.wrong
    assert "signature.0.line" in own.wrong[0]


def test_many_that_are_small_alone_are_refused_when_they_are_too_large_together():
    def formats(count: int) -> list[dict[str, object]]:
        rule = {"where": "any", "line": "(?:[a-z]{1,99} ){1,9}", "status": "failed"}
        return [{"format": f"ours-{n}", "signature": [rule]} for n in range(count)]

    own = teams_own(formats(1000))

    assert own.wrong == ("formats: together they are too large; shorter patterns, or fewer",)
    assert teams_own(formats(10)).wrong == ()


def test_a_shortened_sha_is_completed_by_one_commit_only():
    def message(*shas: str) -> dict[str, object]:
        links = " ".join(f"<https://g.acme.example/shop/till/commit/{sha}|see>" for sha in shas)
        return {**BOT, "text": f"Deployed till 1f3870b to staging\n{links}"}

    one, other = "1f3870be274f6c49b3e31a0c6728957f2cd36a0c", "1f3870be000000000000000000000000000000ff"

    assert read(message(one), READER).reading.sha == one  # type: ignore[union-attr]
    assert read(message(one, other), READER).reading.sha == "1f3870b"  # type: ignore[union-attr]
    assert read(message(), READER).reading.sha == "1f3870b"  # type: ignore[union-attr]


def test_every_shipped_pattern_is_small():
    for ready in READER.formats:
        for shape in ready.shapes:
            assert re2.compile(shape.pattern.pattern, SMALL).programsize < 5000


def test_a_thousand_formats_of_a_team_are_still_told_apart():
    many = [
        Format(f"ours-{n}", (Rule("text", rf"Tool {n} put (?P<service>\S+) live", Status.SUCCEEDED),))
        for n in range(1000)
    ]
    reader = reader_of(shipped_announcements(), many)

    for number in (0, 499, 999):
        ruling = read({**BOT, "text": f"Tool {number} put till live"}, reader)
        assert ruling.reading is not None
        assert ruling.reading.format == f"ours-{number}"
    assert read({**BOT, "text": SENTENCE}, reader).reading is not None
