"""A message's words: every block and attachment, as a person sees them, whatever way they were sent."""

from typing import Any

import pytest

from bot.reading import gather, read, reader_of, reads_same
from config.announcements import shipped_announcements

READER = reader_of(shipped_announcements())
BOT = {"bot_id": "B1"}


def lines(message: dict[str, Any]) -> list[tuple[str, str]]:
    return [(line.place, line.text) for line in gather(message).lines]


SEEN = {
    "*bold* and _soft_ and `code`": "bold and soft and code",
    "my_service_name of till_api": "my_service_name of till_api",
    "_my_service_ 2*3*4": "my_service 2*3*4",
    "~gone~": "~gone~",
    ":rocket: off :tada:": "off",
    "at 10:30:45": "at 10:30:45",
    "🚀 off ✅": "off",
    "• a point": "a point",
    "&gt; said &amp;lt; &lt;b&gt;": "said &lt; <b>",
    "by <@U0ADA0001|ada> in <#C1|ops> <!here>": "by @U0ADA0001 in #ops",
    "at <!date^1^{date}|noon>": "at noon",
    "<mailto:ada@acme.example|ada@acme.example>": "ada@acme.example",
    "Ada <ada@acme.example>": "Ada <ada@acme.example>",
    "a\t b\u00a0 c ": "a b c",
    "v1 → production": "v1 → production",
    "broken <https://x": "broken <https://x",
}


@pytest.mark.parametrize(("text", "seen"), SEEN.items(), ids=SEEN)
def test_text_is_read_as_it_is_seen(text: str, seen: str):
    assert lines({"text": text})[0] == ("text", seen)


def test_links_are_kept_with_where_they_lead():
    assert lines(
        {"text": "see <https://ci.acme.example/a_b_c?x=1&amp;y=2|*the* log> and https://acme.example/_d_e."}
    ) == [
        ("text", "see the log and https://acme.example/_d_e."),
        ("link", "https://ci.acme.example/a_b_c?x=1&y=2 the log"),
        ("link", "https://acme.example/_d_e https://acme.example/_d_e"),
    ]


def test_bare_addresses_read_alike_wrapped_or_not():
    assert lines({"text": "<https://acme.example/x>"}) == lines({"text": "https://acme.example/x"})


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def rich(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(parts)}]}


BLOCKS: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "header": ({"type": "header", "text": {"type": "plain_text", "text": "Done :tada:"}}, [("header", "Done")]),
    "section": ({"type": "section", "text": mrkdwn("*A*\nb")}, [("block", "A"), ("block", "b")]),
    "a labelled line": (
        {"type": "section", "text": mrkdwn("*Status:* ok")},
        [("block", "Status: ok"), ("field Status", "ok")],
    ),
    "fields": (
        {"type": "section", "fields": [mrkdwn("*Job*: a"), mrkdwn("*Env:*\nb"), mrkdwn("c"), mrkdwn("*None*: ")]},
        [("field Job", "a"), ("field Env", "b"), ("block", "c")],
    ),
    "context": ({"type": "context", "elements": [mrkdwn("a"), {"type": "image", "alt_text": "x"}]}, [("block", "a")]),
    "buttons": (
        {"type": "actions", "elements": [{"type": "button", "text": mrkdwn("Log"), "url": "https://acme.example"}]},
        [("button", "Log"), ("link", "https://acme.example Log")],
    ),
    "rich text": (
        rich(
            {"type": "emoji", "name": "tada"},
            {"type": "text", "text": " by <b> "},
            {"type": "user", "user_id": "U0ADA0001"},
            {"type": "text", "text": ", see "},
            {"type": "link", "url": "https://acme.example", "text": "log"},
        ),
        [("block", "by <b> @U0ADA0001, see log"), ("link", "https://acme.example log")],
    ),
    "a list": (
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_list",
                    "elements": [
                        {"type": "rich_text_section", "elements": [{"type": "text", "text": word}]}
                        for word in ("a", "b")
                    ],
                }
            ],
        },
        [("block", "a"), ("block", "b")],
    ),
    "a table of two columns": (
        {"type": "table", "rows": [[{"type": "raw_text", "text": "Env"}, {"type": "raw_text", "text": "qa"}]]},
        [("field Env", "qa")],
    ),
    "a block nobody knows yet": (
        {"type": "card", "title": {"text": "a"}, "body": {"text": "b"}, "elements": [{"text": "c"}]},
        [("block", "a"), ("block", "b"), ("block", "c")],
    ),
    "a divider": ({"type": "divider"}, []),
}


@pytest.mark.parametrize(("block", "seen"), BLOCKS.values(), ids=BLOCKS)
def test_every_kind_of_block_is_read(block: dict[str, Any], seen: list[tuple[str, str]]):
    assert lines({"blocks": [block]}) == seen
    assert lines({"attachments": [{"blocks": [block]}]}) == seen


def test_everything_of_an_attachment_is_read_in_order():
    attachment = {
        "pretext": "a", "author_name": "b", "title": "c", "title_link": "https://acme.example", "text": "d",
        "fallback": "e", "fields": [{"title": "F:", "value": "f"}, {"value": "g"}], "footer": "h", "color": "good",
    }  # fmt: skip

    assert lines({"attachments": [attachment]}) == [
        ("pretext", "a"), ("author", "b"), ("title", "c"), ("link", "https://acme.example c"), ("body", "d"),
        ("fallback", "e"), ("field F", "f"), ("field ", "g"), ("footer", "h"),
    ]  # fmt: skip


def test_an_edit_of_the_words_reads_differently_and_one_of_anything_else_does_not():
    before = {**BOT, "text": "Deploy to qa", "reply_count": 1, "attachments": [{"color": "good", "text": "a"}]}

    assert reads_same(
        before, {**before, "reply_count": 2, "edited": {"ts": "2"}, "attachments": [{"color": "00f", "text": "a"}]}
    )
    assert not reads_same(before, {**before, "text": "Deploy to qa failed"})
    assert not reads_same(before, {**before, "attachments": [{"text": "b"}]})


def test_an_app_that_is_bound_to_formats_is_read_by_no_others():
    sentence = {"bot_id": "B1", "app_id": "A01BP7R4KNY", "text": "Deployed till 5.0.1 to staging"}

    bound = read(sentence, READER)
    named = read(sentence, READER, only=["sentence"])
    others = read({**sentence, "app_id": "A0ANOTHER"}, READER, only=["gitlab", "argocd"])

    assert bound.reading is None
    assert bound.why == ("2 formats that this app speaks look different.",)
    assert named.reading is not None
    assert others.reading is None


def test_why_says_which_format_looked_like_it_and_where_it_did_not():
    message = {**BOT, "text": "Deploy to staging blocked", "attachments": [{"text": "by ada"}]}

    ruling = read(message, READER)

    assert ruling.reading is None
    assert ruling.why[0].startswith("gitlab: something of it is there, but not “")
    assert ruling.why[0].endswith("(body).")
    assert "other formats look different" in ruling.why[-1]
