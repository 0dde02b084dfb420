"""What the diary keeps: all of what was said, within bounds."""

import string
from random import Random
from typing import Any

from integrations.standin.diary import LONGEST_BODY, Diary

CALL: dict[str, Any] = {"system": "shop", "call": "POST /things", "method": "POST", "path": "/things", "query": ""}
LONG = "ä€" * LONGEST_BODY


def noise(seed: int) -> str:
    """Text that does not pack well."""
    return "".join(Random(seed).choices(string.printable, k=2 * LONGEST_BODY))


def test_a_listing_is_short_and_the_whole_is_there_when_asked_for() -> None:
    diary = Diary()
    entry = diary.open(body=LONG, **CALL)
    diary.answered(entry, 200, LONG + "!", "text/plain")

    [short], [whole] = diary.as_json(), diary.as_json(whole=True)

    assert (short["body"], short["answer"], short["cut"]) == (LONG[:LONGEST_BODY],) * 2 + (["body", "answer"],)
    assert (whole["body"], whole["answer"], whole["cut"]) == (LONG, LONG + "!", [])
    assert (whole["status"], whole["answer_type"]) == (200, "text/plain")


def test_what_fits_is_kept_as_it_is() -> None:
    diary = Diary()
    diary.open(body="x" * LONGEST_BODY, **CALL)

    assert diary.as_json() == diary.as_json(whole=True)
    assert diary.as_json()[0]["cut"] == []


def test_when_too_much_is_kept_the_oldest_goes_and_says_so() -> None:
    diary = Diary(most_kept=60_000)
    for seed in range(4):
        diary.open(body=noise(seed), **CALL)

    listed = diary.as_json(whole=True)

    assert [entry["cut"] for entry in listed] == [["body"], ["body"], ["body"], []]
    assert listed[-1]["body"] == noise(3)


def test_a_cleared_diary_keeps_nothing_aside() -> None:
    diary = Diary()
    diary.open(body=LONG, **CALL)
    diary.clear()

    assert (diary.as_json(whole=True), diary._aside, diary._kept) == ([], {}, 0)
