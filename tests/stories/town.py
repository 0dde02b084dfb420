"""A town to tell stories in: the stand-ins and Cabbie as real processes, and people who type and press."""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import requests

from tests.postgres import migrate
from tests.stories.processes import PATIENCE, Bot, Standins, eventually, free_port, standins
from tests.traffic.check import SYSTEMS, check_traffic

T = TypeVar("T")
TEMPLATE = "migrated.db"
PEOPLE = {
    "linus": "U0LINUS",
    "margaret": "U0MARGARET",
    "ada": "U0ADA",
    "grace": "U0GRACE",
    "barbara": "U0BARBARA",
    "katherine": "U0KATHERINE",
    "alan": "U0ALAN",
    "gus": "U0GUS",
    "eve": "U0EVE",
    "tina": "U0TINA",
}
CHANNELS = {"payments": "C0PAYMENTS", "checkout": "C0CHECKOUT", "platform": "C0PLATFORM", "changes": "C0CHANGES"}


@dataclass
class Town:
    """Everything a story needs, and words to tell it with."""

    standins: Standins
    bot: Bot
    database_url: str
    environment: dict[str, str] = field(default_factory=dict)

    # ------------------------------------------------------------------------------------------------ what people do

    def type(self, who: str, text: str, *, channel: str = "payments") -> dict[str, Any]:
        """A slash command; Slack's answer to it."""
        command, _, words = text.partition(" ")
        body = {"channel": CHANNELS[channel], "command": command, "text": words}
        answer: dict[str, Any] = self.standins.post("slack", f"people/{PEOPLE[who]}/command", **body)
        return answer

    def said_to(self, answer: dict[str, Any]) -> str:
        """The text of a command's answer."""
        return json.dumps(answer.get("response"), ensure_ascii=False)

    def press(self, who: str, action_id: str, *, channel: str = "payments", number: str = "") -> dict[str, Any]:
        card = self.card(channel, number)
        block_id = next(
            b["block_id"] for b in card["blocks"] for e in b.get("elements", []) if e.get("action_id") == action_id
        )
        body = {"channel": CHANNELS[channel], "ts": card["ts"], "action_id": action_id, "block_id": block_id}
        answer: dict[str, Any] = self.standins.post("slack", f"people/{PEOPLE[who]}/click", **body)
        return answer

    def fill(self, who: str, **words: str) -> dict[str, Any]:
        """Submit the open form, giving each input its word by the start of its block_id."""
        view = eventually(lambda: self.screen(who)["views"][-1], what="a form")
        values: dict[str, Any] = {}
        for block in view["blocks"]:
            if block["type"] != "input":
                continue
            name = next((n for n in words if block["block_id"].startswith(n)), None)
            if name is not None:
                values[block["block_id"]] = {block["element"]["action_id"]: _filled(block["element"], words[name])}
        answer: dict[str, Any] = self.standins.post(
            "slack", f"people/{PEOPLE[who]}/submit", view_id=view["id"], values=values
        )
        return answer

    def approve_in_servicenow(
        self, who: str, number: str, verdict: str = "approve", comments: str = ""
    ) -> dict[str, Any]:
        answer: dict[str, Any] = self.standins.post(
            "servicenow", f"people/{who}/{verdict}", number=number, comments=comments
        )
        return answer

    # ----------------------------------------------------------------------------------------------- what people see

    def screen(self, who: str) -> dict[str, Any]:
        seen: dict[str, Any] = self.standins.get("slack", f"people/{PEOPLE[who]}/screen")
        return seen

    def messages(self, channel: str = "payments", who: str = "ada") -> list[dict[str, Any]]:
        room = next(c for c in self.screen(who)["channels"] if c["id"] == CHANNELS[channel])
        messages: list[dict[str, Any]] = room["messages"]
        return messages

    def cards(self, channel: str = "payments") -> list[dict[str, Any]]:
        return [m for m in self.messages(channel) if m.get("blocks") and not _is_reply(m) and not m.get("is_ephemeral")]

    def card(self, channel: str = "payments", number: str = "") -> dict[str, Any]:
        return next(m for m in reversed(self.cards(channel)) if number in m["text"])

    def whispers(self, who: str, channel: str = "payments") -> list[str]:
        return [m["text"] for m in self.messages(channel, who) if m.get("is_ephemeral")]

    def dms(self, who: str) -> list[str]:
        return [m["text"] for dm in self.screen(who)["dms"] for m in dm["messages"]]

    # --------------------------------------------------------------------------------------------- what systems hold

    def changes(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.standins.state("servicenow")["changes"]
        return found

    def change(self, number: str = "") -> dict[str, Any]:
        return next(c for c in reversed(self.changes()) if number in c["number"])

    def issue(self, key: str) -> dict[str, Any]:
        return next(i for i in self.standins.state("jira")["issues"] if i["key"] == key)

    # ---------------------------------------------------------------------------------------------------- until when

    def until(self, look: Callable[[], T | None], what: str = "it", within: float = PATIENCE) -> T:
        try:
            return eventually(look, within=within, what=what)
        except AssertionError as error:
            raise AssertionError(f"{error}\n--- Cabbie's log:\n{self.bot.log.read_text()[-4000:]}") from None

    def until_state(self, state: str, number: str = "") -> dict[str, Any]:
        return self.until(lambda: (c := self.change(number)) and c["state"].lower() == state and c, f"state {state}")

    def until_card(self, words: str, *, channel: str = "payments", number: str = "") -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            card = self.card(channel, number)
            return card if words.lower() in json.dumps(card, ensure_ascii=False).lower() else None

        return self.until(look, f"a card saying “{words}”")

    def api(self, method: str, path: str, *, token: str = "", **more: Any) -> requests.Response:
        tokens = json.loads(self.bot.environment["CABBIE_API_TOKENS"])
        anything = next(t for t, services in tokens.items() if services == ["*"])
        headers = {"Authorization": f"Bearer {token or anything}", **more.pop("headers", {})}
        return requests.request(method, f"http://127.0.0.1:{self.bot.port}{path}", headers=headers, timeout=70, **more)

    def deploy_through(self, version: str = "2.4.1") -> str:
        """The main story up to the cleared card: asked for by linus, approved by ada and grace. Its number."""
        self.type("linus", f"/deploy payments {version}")
        card = self.until_card("approve")
        number = number_in(card["text"])
        self.press("ada", "change.approve", number=number)
        self.until_state("authorize", number)
        self.until(
            lambda: any(
                "grace" in str(a).lower() and "requested" in str(a).lower() for a in self.change(number)["approvals"]
            )
        )
        self.until_card("CAB", number=number)
        self.press("grace", "change.approve", number=number)
        self.until_state("implement", number)
        self.until_card("cleared until", number=number)
        return number


def number_in(text: str) -> str:
    found = re.search(r"CHG\d{7}", text)
    assert found, f"no number in {text!r}"
    return found.group()


def _is_reply(message: dict[str, Any]) -> bool:
    return bool(message.get("thread_ts")) and message["thread_ts"] != message["ts"]


def _filled(element: dict[str, Any], word: str) -> dict[str, Any]:
    if element["type"] == "static_select":
        return {
            "type": "static_select",
            "selected_option": {"text": {"type": "plain_text", "text": word}, "value": word},
        }
    return {"type": element["type"], "value": word}


@contextmanager
def town(
    directory: Path,
    *,
    socket_mode: bool = False,
    database_url: str = "",
    cabbie: type[Bot] = Bot,
    **environment: str,
) -> Iterator[Town]:
    """A fresh town: its own stand-ins, its own memory."""
    port = free_port()
    with standins(port, directory / "repositories", socket_mode=socket_mode) as systems:
        url = database_url or f"sqlite:///{shutil.copy(Path(_migrated().name) / TEMPLATE, directory / 'cabbie.db')}"
        variables = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("SLACK_", "JIRA_", "SERVICENOW_", "CABBIE_"))
            },
            **systems.environment,
            "DATABASE_URL": url,
            "PORT": str(port),
            "CABBIE_LOOK_EVERY": "PT1S",
            "CABBIE_TICK": "PT0.5S",
            "CABBIE_PACE": "0",
            "CABBIE_RECORD_PATIENCE": "PT3S",
            "CABBIE_MESSAGE_PATIENCE": "PT3S",
            **environment,
        }
        bot = cabbie(variables, directory / "cabbie.log", port)
        bot.start()
        try:
            yield Town(systems, bot, url, variables)
        finally:
            bot.stop()
        check_traffic({system: systems.traffic(system) for system in SYSTEMS}, systems.get("slack", "deliveries"))


@cache
def _migrated() -> "tempfile.TemporaryDirectory[str]":
    """Holds a database with all tables and nothing in them, made once for many towns."""
    directory = tempfile.TemporaryDirectory(prefix="cabbie-")
    migrate(f"sqlite:///{directory.name}/{TEMPLATE}")
    return directory
