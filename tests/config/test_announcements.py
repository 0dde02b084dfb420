"""The shipped formats are valid; a team's own are taken, or refused with the wrong field named by its path."""

from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from bot.change.model import Kind, Status
from bot.change.reading import Name
from config.announcements import (
    MOST_FORMATS,
    MOST_RULES,
    PATH,
    BadAnnouncements,
    parse_announcements,
    shipped_announcements,
    teams_own,
)

RULE = {"where": "text", "line": "till {version} is out", "status": "succeeded"}
GOOD = {"format": "ours", "signature": [RULE]}


def test_what_is_shipped_is_valid_and_says_what_it_was_written_from():
    shipped = shipped_announcements()

    assert len(shipped.formats) >= 30
    assert all(format.tool and format.source for format in shipped.formats)


def test_it_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        shipped_announcements().formats[0].format = "another"  # type: ignore[misc]


def test_a_teams_own_are_taken():
    name = {"pattern": r"shop-(?P<environment>\w+)", "service": "till"}

    own = teams_own([GOOD | {"signature": [RULE | {"kind": "rollback"}]}], [name])

    assert own.wrong == ()
    rule = own.formats[0].signature[0]
    assert (rule.status, rule.kind, rule.where) == (Status.SUCCEEDED, Kind.ROLLBACK, "text")
    assert "(?P<version>" in rule.line
    assert own.names == (Name(r"shop-(?P<environment>\w+)", service="till"),)


def test_nothing_is_nothing_wrong():
    assert teams_own() == teams_own([], []) == teams_own((), ())


def test_the_words_for_environments_stand_in_a_teams_names_too():
    own = teams_own([], [{"pattern": "till-{environment}", "service": "till"}])

    assert "production" in own.names[0].pattern


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in GOOD.items() if key != name}


def rule(**changed: Any) -> list[dict[str, Any]]:
    return [GOOD | {"signature": [RULE | changed]}]


WRONG: dict[str, tuple[Any, str]] = {
    "no list": ({"format": "ours"}, "formats: "),
    "words": ("ours", "formats: "),
    "no name": ([without("format")], "formats.0.format: Field required"),
    "an empty name": ([GOOD | {"format": " "}], "formats.0.format: a name"),
    "no signature": ([without("signature")], "formats.0.signature: Field required"),
    "an empty signature": ([GOOD | {"signature": []}], "formats.0.signature: there has to be at least one rule"),
    "a misspelt field": ([GOOD | {"singature": []}], "formats.0.singature: Unexpected"),
    "a rule misspelt": (rule(wehre="text"), "formats.0.signature.0.wehre: Unexpected"),
    "no place": (rule(where="color"), "formats.0.signature.0.where: “color” is none of"),
    "a place with a tab": (rule(where="field a\tb"), "formats.0.signature.0.where: longer than"),
    "no status": (rule(status="great"), "formats.0.signature.0.status: Input should be"),
    "it says no status": (rule(status=None), "formats.0: no rule says a status"),
    "no kind": (rule(kind="undo"), "formats.0.signature.0.kind: Input should be"),
    "no pattern": (rule(line="(oops"), "formats.0.signature.0.line: not a pattern RE2 takes (missing )"),
    "looking around": (rule(line="a(?=b)"), "formats.0.signature.0.line: not a pattern RE2 takes"),
    "looking back": (rule(line=r"(a)\1"), "formats.0.signature.0.line: not a pattern RE2 takes"),
    "a group nobody reads": (rule(line="(?P<colour>.+)"), "formats.0.signature.0.line: the group “colour” is none of"),
    "a shorthand nobody knows": (rule(line="{colour}"), "formats.0.signature.0.line: there is no shorthand {colour}"),
    "a long pattern": (rule(line="a" * 3000), "formats.0.signature.0.line: longer than"),
    "half a character": (rule(line="\ud800"), "formats.0.signature.0.line: not a pattern"),
    "twice the same": ([GOOD, GOOD], "formats: ours is there more than once"),
    "too many rules": ([GOOD | {"read": [RULE] * MOST_RULES}], f"formats.0: more than {MOST_RULES} rules"),
    "too many": ([GOOD | {"format": f"f{n}"} for n in range(MOST_FORMATS + 1)], f"formats: more than {MOST_FORMATS}"),
}


@pytest.mark.parametrize(("formats", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_format_is_named_by_its_path(formats: Any, said: str):
    own = teams_own(formats)

    assert own.formats == ()
    assert any(line.startswith(said) for line in own.wrong), own.wrong


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([{"pattern": "("}], "names.0.pattern: not a pattern RE2 takes"),
        ([{"pattern": "(?P<version>.+)"}], "names.0.pattern: the group “version” is none of environment, service"),
        ([{"service": "till"}], "names.0.pattern: Field required"),
        ([{"pattern": "{colour}"}], "names.0.pattern: there is no shorthand {colour}"),
        (7, "names: "),
    ],
)
def test_a_wrong_name_is_named_by_its_path(names: Any, said: str):
    own = teams_own([], names)

    assert own.names == ()
    assert own.wrong[0].startswith(said), own.wrong


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("formats:\n", "formats: [7]\nothers:\n", "formats.0"),
        ("tool: Keel", "tool: [Keel", "not valid YAML"),
        ("where: author", "where: autor", "“autor” is none of"),
        ("  started: [started,", "  begun: [started,", "words.statuses.begun"),
    ],
)
def test_a_wrong_file_is_refused(was: str, becomes: str, said: str):
    text = PATH.read_text(encoding="utf-8")
    assert was in text

    with pytest.raises(BadAnnouncements) as refused:
        parse_announcements(text.replace(was, becomes, 1))

    assert said in str(refused.value)
