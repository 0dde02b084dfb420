"""``cabbie announce test``: how a message of another tool is read, and why it is heard or not."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer
from typer.core import TyperCommand
from typer.main import get_command

from bot.change.policy import Policy
from bot.change.reading import Reading
from bot.cli.said import out, wrong_usage
from bot.reading import Reader, Ruling, guess, is_from_an_app, propose, read, reader_of
from bot.slack.announced import EVENT_TYPE, WrongField, read_announcement
from config.announcements import shipped_announcements, teams_own
from config.policy import BadPolicy, read_policy

WORD = "test"
MOST_CHARACTERS = 20_000_000
TOLD = ("format", "service", "environment", "version", "ref", "sha", "status", "kind", "actor")
AROUND = ("payload", "event", "message")
"""Where a message may be inside of what Slack sends: an envelope, an event, an edit."""
SPEECH = ("text", "blocks", "attachments")


class AnnounceOrTest(TyperCommand):
    """``announce test`` and its options alone is this; with a version behind it, ``test`` is a service."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        if args[:1] == [WORD] and all(word.startswith("-") for word in args[1:]):
            return _TEST.make_context(f"{info_name} {WORD}", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)


def announce_test(
    as_json: Annotated[bool, typer.Option("--json", help="one object, for programs")] = False,
) -> None:
    """How a Slack message on standard input is read: exit 0 heard, 1 not heard, 2 no message.

    It is read before the policy is asked whose it is. CABBIE_POLICY's own formats and names take part."""
    policy = _policy()
    message = message_in(_given(sys.stdin))
    ruling = by_metadata(message) or read(message, reader_for(policy))
    if as_json:
        sys.stdout.write(json.dumps(as_facts(ruling)) + "\n")
    else:
        _tell(ruling, message, policy)
    sys.exit(0 if ruling.reading else 1)


def by_metadata(message: Mapping[str, Any]) -> Ruling | None:
    """What a pipeline says in a message's metadata, which comes before its words; None when it says nothing there."""
    metadata = message.get("metadata")
    if not isinstance(metadata, Mapping) or metadata.get("event_type") != EVENT_TYPE or not is_from_an_app(message):
        return None
    try:
        told = read_announcement(metadata.get("event_payload"), channel="", message_ts="")
    except WrongField as wrong:
        return Ruling(None, (f"{EVENT_TYPE}: {wrong}",), EVENT_TYPE)
    said = (told.service, told.environment, told.version, "", told.sha, told.requested_by)
    reading = Reading(EVENT_TYPE, told.status, told.kind, *said, url=told.url)
    return Ruling(reading, (f"{EVENT_TYPE}: heard, in the message's metadata.",), EVENT_TYPE)


def reader_for(policy: Policy | None) -> Reader:
    """The shipped formats, and a team's own where there is a policy."""
    own = teams_own(policy.formats, policy.names) if policy else teams_own()
    return reader_of(shipped_announcements(), own.formats, own.names)


def as_facts(ruling: Ruling) -> dict[str, Any]:
    """What ``--json`` prints; what was not said is null."""
    told = {name: (getattr(ruling.reading, name) or None) if ruling.reading else None for name in TOLD}
    return {"heard": ruling.reading is not None, **told, "why": list(ruling.why)}


def message_in(given: Any) -> Mapping[str, Any]:
    """The message in what Slack sent, however deep it is packed."""
    for name in AROUND:
        if isinstance(given, Mapping) and isinstance(given.get(name), Mapping):
            given = given[name]
    if not isinstance(given, Mapping) or not (given.get("type") == "message" or any(given.get(n) for n in SPEECH)):
        wrong_usage("There is no Slack message in this: give one as JSON, bare or as the Events API sends it.")
    return given


def _given(stream: TextIO) -> Any:
    if stream.isatty():
        wrong_usage("Give the message on standard input: cabbie announce test < message.json")
    try:
        text = stream.read(MOST_CHARACTERS + 1)
        if len(text) > MOST_CHARACTERS:
            wrong_usage(f"This is longer than {MOST_CHARACTERS:,} characters: no Slack message is.")
        return json.loads(text)
    except (ValueError, RecursionError):  # no JSON, no text, or JSON nested beyond any message
        wrong_usage("This is not JSON that can be read: give one Slack message.")


def _policy() -> Policy | None:
    path = os.environ.get("CABBIE_POLICY")
    try:
        return read_policy(Path(path)) if path else None
    except BadPolicy as bad:  # not 1: nothing is known of the message
        wrong_usage(f"CABBIE_POLICY is not valid: {bad.wrong[0]}")


def _tell(ruling: Ruling, message: Mapping[str, Any], policy: Policy | None) -> None:
    out.print("Heard." if ruling.reading else "Not heard.")
    for line in _lines(ruling.reading) if ruling.reading else ():
        out.print(line, markup=False)
    for reason in ruling.why:
        out.print(f"- {reason}", markup=False)
    if ruling.reading is None and not ruling.known_as:
        _tell_guess(message, policy)


def _lines(reading: Reading) -> list[str]:
    words = {name: getattr(reading, name) for name in (*TOLD, "word", "previous_version", "url")}
    words["issue keys"] = ", ".join(reading.issue_keys)
    lines = [f"  {name.replace('_', ' '):<17}{value}" for name, value in words.items() if value]
    return lines + (["  (the sha is of the configuration's repository)"] if reading.is_gitops and reading.sha else [])


def _tell_guess(message: Mapping[str, Any], policy: Policy | None) -> None:
    if policy is None:
        out.print("Set CABBIE_POLICY to see whether it would be asked about, and what would have it heard.")
        return
    environments = {name for service in policy.services for name in service.environments}
    guessed = guess(message, [service.service for service in policy.services], environments)
    if guessed is None:
        return
    reading = guessed.reading
    out.print(f"It would be asked about: a deploy of {reading.service} to {reading.environment}?", markup=False)
    out.print("This, reviewed into the policy, has it heard next time:\n")
    out.print(propose(message, guessed), markup=False)


_app = typer.Typer(add_completion=False)
_app.command()(announce_test)
_TEST = get_command(_app)
