"""How a conversation with a vendor becomes a cassette: its origin on top, no secret, nobody in it who was not told of.

``make record`` records every cassette anew, from our own stand-ins. ``CABBIE_RECORD=jira,servicenow make record``
records those systems' from the real ones, with the credentials that Cabbie itself reads from the environment. What that
makes there, and removes again when the scene is over:

- Slack, in SLACK_TEST_CHANNEL and in a direct message to SLACK_TEST_USER (SLACK_TEST_TEAM names their workspace): five
  messages, deleted; one ephemeral message, which nobody can delete.
- Jira, on the issue JIRA_RECORD_ISSUE: one remote link and one comment for each of two scenes, deleted.
- ServiceNow: five change requests, which stay, canceled; a rejected approval and a change task on two of them.

Nothing is written that holds a credential, something that looks like one, or a person's name or address that is neither
the sandbox's nor in CABBIE_RECORD_TOLD (names and addresses, separated by commas)."""

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote_plus

import pytest
import vcr  # type: ignore[import-untyped]
from vcr.serializers import yamlserializer

from integrations.servicenow.sandbox.access.accounts import APPROVAL_ACCOUNT, CHANGE_ACCOUNT
from integrations.standin.world import load_world

CASSETTES = Path(__file__).parents[1] / "cassettes"
FROM_STANDIN = "# recorded from Cabbie's own stand-in: proves nothing about the vendor\n"
FROM_SYSTEM = "# recorded from a real system: its address, and who it was told to hide, are replaced\n"

GIVEN = dict(os.environ)
"""As the command was given; fixtures hide Slack's variables from libraries that would read them."""
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
LOOKS_SECRET = re.compile(
    r"xox[a-z]-|xapp-|hooks\.slack\.com|ATATT|eyJ[\w-]{10,}\.|-----BEGIN|(?i:bearer|basic) [\w+/=.-]{8}"
    r"|(?i:access_token|refresh_token|client_secret|password)\W{1,4}(?!filtered)\w"
)
# What the vendors call a person's name: users.info, Jira's UserDetails, sys_user and the stamps on every record.
_JIRA_NAMES = ("displayName", "emailAddress")
_SLACK_NAMES = ("real_name", "real_name_normalized", "display_name", "display_name_normalized", "phone", "skype")
_SERVICENOW_NAMES = ("user_name", "sys_created_by", "sys_updated_by", "mobile_phone", "home_phone")
PERSONAL = frozenset(("first_name", "last_name", "email", *_JIRA_NAMES, *_SLACK_NAMES, *_SERVICENOW_NAMES))


OUR_ACCOUNTS = frozenset({"cabbie", "Cabbie", "cabbie@acme.example", CHANGE_ACCOUNT, APPROVAL_ACCOUNT, "system"})


class WouldLeak(Exception):
    """A cassette was not written, for it would have held what must not leave the system."""


def is_real(system: str) -> bool:
    return system in os.environ.get("CABBIE_RECORD", "").split(",")


def only_replay(system: str) -> Any:
    """Nothing outside is spoken to, unless it is to be recorded; our stand-ins are at home."""
    return pytest.mark.block_network(allowed_hosts=[".*"] if is_real(system) else ["127.0.0.1"])


@dataclass(frozen=True)
class Recorder:
    """How one conversation is kept. replaced: what was really said → what is written instead."""

    is_recording: bool
    is_real: bool = False
    secrets: frozenset[str] = frozenset()
    replaced: Mapping[str, str] = field(default_factory=dict)
    kept_headers: tuple[str, ...] = ("content-type",)
    match_on: tuple[str, ...] = ("method", "path", "query", "body")

    @contextmanager
    def tape(self, path: Path) -> Iterator[None]:
        """Replay it, every call used; or record it.

        Raises: WouldLeak."""
        recorder = vcr.VCR(
            record_mode="all" if self.is_recording else "none",
            match_on=self.match_on,
            decode_compressed_response=True,
            before_record_request=self._kept_request,
            before_record_response=self._kept_answer,
            serializer="guarded",
        )
        recorder.register_serializer("guarded", self)
        if self.is_recording:
            fresh = path.with_suffix(".recording")
            with recorder.use_cassette(str(fresh)):
                yield
            fresh.replace(path)  # the older one stays until the new one may be written
            return
        with recorder.use_cassette(str(path)) as cassette:
            yield
            assert cassette.all_played

    def serialize(self, cassette: dict[str, Any]) -> str:
        text = str(yamlserializer.serialize(cassette))
        told = frozenset(os.environ.get("CABBIE_RECORD_TOLD", "").split(",")) | seeded_people()
        if wrong := [*_secrets_in(text, self.secrets), *_people_in(cassette, told)]:
            raise WouldLeak("; ".join(wrong[:10]))
        return (FROM_SYSTEM if self.is_real else FROM_STANDIN) + text

    def deserialize(self, text: str) -> Any:
        return yamlserializer.deserialize(text)

    def _kept_request(self, request: Any) -> Any:
        request.uri = self._clean(request.uri)
        if request.body:
            body = request.body if isinstance(request.body, str) else request.body.decode()
            request.body = self._clean(body).encode()
        request.headers = {}
        return request

    def _kept_answer(self, answer: dict[str, Any]) -> dict[str, Any]:
        answer["headers"] = {k: v for k, v in answer["headers"].items() if k.lower() in self.kept_headers}
        answer["body"] = {"string": self._clean(answer["body"]["string"].decode()).encode()}
        return answer

    def _clean(self, text: str) -> str:
        for real, shown in self.replaced.items():
            text = text.replace(real, shown).replace(quote(real, safe=""), quote(shown, safe=""))
        return re.sub(r'("(?:access|refresh)_token": ?")[^"]*"', r'\1filtered"', text)


def seeded_people() -> frozenset[str]:
    """Every word the sandbox itself uses for somebody: they exist nowhere else."""
    world = load_world()
    people = world.people.values()
    words = {word for p in people for word in (p.name, *p.name.split(" ", 1), p.email, p.key)}
    apps = {app["name"] for app in (world["slack"]["bot"], *world["slack"]["apps"].values())}
    return frozenset(words | apps | OUR_ACCOUNTS)


def _secrets_in(text: str, secrets: Iterable[str]) -> list[str]:
    held = [f"a credential of {len(secret)} characters" for secret in secrets if secret and secret in text]
    return held + [f"something like a secret: {found[0][:6]}…" for found in LOOKS_SECRET.finditer(text)]


def _people_in(cassette: dict[str, Any], told: frozenset[str]) -> list[str]:
    wrong = []
    for number, call in enumerate(cassette["interactions"], 1):
        asked, answered = call["request"], call["response"]["body"]["string"]
        for text in (asked["uri"], asked["body"] or "", answered):
            strangers = {*EMAIL.findall(unquote_plus(text)), *_named(_parsed(text))} - told
            wrong += [f"call {number} names somebody: {stranger[:2]}…" for stranger in sorted(strangers)]
    return wrong


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None  # a form, or an address


def _named(said: Any) -> Iterator[str]:
    """Every person's name, wherever it stands."""
    if isinstance(said, list):
        for one in said:
            yield from _named(one)
    elif isinstance(said, dict):
        for name, value in said.items():
            if name in PERSONAL:
                held = value.values() if isinstance(value, dict) else [value]
                yield from (word for word in held if isinstance(word, str) and word)
            else:
                yield from _named(value)
