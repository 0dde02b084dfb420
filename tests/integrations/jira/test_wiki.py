"""Plain text as wiki markup: it shows what it says, whatever it says."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.jira.wiki import LONGEST, clean, one_line, wiki_of

ADDRESS = re.compile(r"https?://[A-Za-z0-9._~/?#=&%:+,;@-]+")


def rendered(markup: str) -> str:
    """What a reader sees: the renderer takes away one backslash before a mark, and blanks of no width do not show."""
    whole = [(ADDRESS.match(part) and part) or re.sub(r"\\([-#*_+?^~|{}\[\]!])", r"\1", part) for part in split(markup)]
    return "".join(whole).replace("\u200b", "")


def split(text: str) -> list[str]:
    return re.split(f"({ADDRESS.pattern})", text)


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("{color:red}x{color}", r"\{color:red\}x\{color\}"),
        ("[~accountid:1|x]", r"\[\~accountid:1\|x\]"),
        ("*bold* _it_ ^up^ ~down~ -gone- +new+", r"\*bold\* \_it\_ \^up\^ \~down\~ \-gone\- \+new\+"),
        ("2026-11-23 snake-case a+b C++", r"2026-11-23 snake-case a+b C\+\+"),
        ("----", r"\-\-\-\-"),
        ("??cite?? why?", r"\?\?cite\?\? why?"),
        ("# one\n  # two #3", "\\# one\n  \\# two #3"),
        ("h1. Title\nbq. quote", "h1\u200b. Title\nbq\u200b. quote"),
        (r"\{panel}", "\\\u200b\\{panel\\}"),
        (r"C:\\server", "C:\\\u200b\\\u200bserver"),
        (":) (x) (!)", ":\u200b) (\u200bx) (\u200b\\!)"),
        ("!https://x.example/a_b*c!", r"\!https://x.example/a_b\*c\!"),
        ("=cmd() @ada", "=cmd() @ada"),
        ("one\r\ntwo\u2028three\rfour", "one\ntwo\nthree\nfour"),
        ("PAY-12 → CHG0030042", "PAY-12 → CHG0030042"),
    ],
)
def test_markup_is_disarmed(text: str, markup: str) -> None:
    assert wiki_of(text) == markup


def test_addresses_stay_clickable() -> None:
    address = "https://acme.service-now.com/nav_to.do?uri=change_request.do%3Fsys_id=9d38-5017~1"

    assert wiki_of(f"See {address}\n") == f"See {address}\n"


@pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\u200f", "\u061c", "\0", "\x1b", "\x85", "\U000e0041", "\ufeff"])
def test_what_deceives_the_eye_is_left_out(mark: str) -> None:
    assert wiki_of(f"a{mark}b") == "ab"


def test_half_characters_do_no_harm() -> None:
    assert wiki_of("a\ud800b") == "a?b"


def test_a_long_text_is_cut_with_a_note() -> None:
    cut = wiki_of("x" * 10_500)

    assert LONGEST - 10 < len(cut) <= LONGEST
    assert re.search(r"… \(5\d\d more characters were cut\)$", cut)
    assert wiki_of("x" * LONGEST) == "x" * LONGEST


def test_even_the_worst_text_fits_into_a_comment() -> None:
    assert len(wiki_of("{" * 20_000)) < 32_767


def test_titles_are_one_line() -> None:
    assert one_line(" a\n b\t c ") == "a b c"
    assert one_line("x" * 300) == "x" * 254 + "…"


hostile = st.text(alphabet="ab1 \n{}[]|*_!^~-+?#h.:()\\/;<3x%@&'\"\u200b\u202e") | st.text()


@given(hostile)
def test_the_reader_sees_what_was_written(text: str) -> None:
    assert rendered(wiki_of(text)) == clean(text).replace("\u200b", "")


@given(hostile)
def test_no_mark_is_left_armed(text: str) -> None:
    for part in split(wiki_of(text)):
        if not ADDRESS.match(part):
            assert not re.search(r"(?<!\\)[{}\[\]|*_!^~]", part)
            assert not re.search(r"\\\\", part)
