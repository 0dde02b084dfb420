"""The forms of the doctor's answers; what each is about is said by whoever asked."""

from collections.abc import Iterable

from bot.ports import Check


def good(found: str) -> Check:
    return Check("", "good", found)


def wrong(found: str, fix: str) -> Check:
    return Check("", "wrong", found, fix)


def warning(found: str, fix: str) -> Check:
    return Check("", "warning", found, fix)


def not_proven(why: str, fix: str) -> Check:
    return warning(f"Not proven: {why}.", fix)


def listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"
