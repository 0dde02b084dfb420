"""A message read by the formats that are known: what it says, and why it was heard or not."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from bot.change.reading import Reading
from bot.reading.assemble import NotRead, assemble
from bot.reading.compiled import Look, Reader
from bot.reading.gather import app_of, gather, is_from_an_app
from bot.reading.sheet import Sheet


@dataclass(frozen=True)
class Ruling:
    """What a message says, and each format's verdict, in sentences for people."""

    reading: Reading | None
    why: tuple[str, ...]
    known_as: str = ""
    """The format that it is without doubt, also when what it says is no deploy."""


def read(message: Mapping[str, Any] | Any, reader: Reader, only: Collection[str] | None = None) -> Ruling:
    """The first format that knows the message reads it.

    only: the formats that the speaking app may use; None leaves it to the formats, which name apps themselves."""
    if not is_from_an_app(message):
        return Ruling(None, ("A person wrote this, or Slack itself: only what apps post is read.",))
    sheet = gather(message)
    if not sheet.lines:
        return Ruling(None, ("There are no words in it.",))
    allowed = reader.of_app.get(app_of(message)) if only is None else only
    return _rule(sheet, reader, allowed)


def _rule(sheet: Sheet, reader: Reader, allowed: Collection[str] | None) -> Ruling:
    why = ["It is longer than what is read; the rest was left out."] if sheet.is_cut else []
    looks = [look for look in reader.looks(sheet) if allowed is None or look.ready.format.format in allowed]
    near = [look for look in looks if look.is_it or look.looks_like_it]
    why += [_not_it(look) for look in near if not look.is_it]
    known_as = ""
    for look in (look for look in near if look.is_it):
        name = look.ready.format.format
        if known_as and look.ready.format.loose:
            break
        try:
            reading = assemble(look.ready, sheet, reader)
        except NotRead as sentence:
            why.append(f"{name}: {sentence}")
            known_as = known_as or ("" if look.ready.format.loose else name)
            continue
        return Ruling(reading, (*why, f"{name}: heard."), name)
    return Ruling(None, (*why, _others(reader, near, allowed)), known_as)


def _not_it(look: Look) -> str:
    name = look.ready.format.format
    if look.against:
        return f"{name}: no, for there is {_shown(look.against.where, look.against.line)}."
    return f"{name}: something of it is there, but not {_shown(look.missing[0].where, look.missing[0].line)}."


def _shown(where: str, line: str) -> str:
    return f"“{line if len(line) <= 120 else line[:119] + '…'}” ({where})"


def _others(reader: Reader, looks: list[Look], allowed: Collection[str] | None) -> str:
    count = sum(1 for ready in reader.formats if allowed is None or ready.format.format in allowed) - len(looks)
    bound = "" if allowed is None else " that this app speaks"
    return f"{count} {'other ' if looks else ''}formats{bound} look different."
