"""The diaries side by side, newest first: a line for each call, each delivery, each thing a person did."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from integrations.slack.sandbox.courier import Delivery
from integrations.standin.diary import Entry
from integrations.standin.page.deeds import Deed, Deeds
from integrations.standin.page.timeline import jira, servicenow, slack
from integrations.standin.page.timeline.masking import Masking
from integrations.standin.page.timeline.names import Names
from integrations.standin.page.timeline.words import Call, past
from integrations.standin.systems import Systems

TITLES = {"slack": "Slack", "jira": "Jira", "servicenow": "ServiceNow"}
TELLERS = {"slack": slack.tell, "jira": jira.tell, "servicenow": servicenow.tell}
LONGEST_LOOKED_AT = 20_000
MOST_TOLD = 100_000
"""Lines kept ready, more than all diaries hold: a sandbox may run for days."""
FOR_MACHINES = ("/api/", "/rest/", "/oauth_token.do")
"""A web page is no answer there, whatever its status."""
Row = dict[str, Any]


class Dated(Protocol):
    @property
    def at(self) -> str: ...


@dataclass(frozen=True)
class Wanted:
    """Which lines."""

    limit: int = 300
    system: str = ""
    change: str = ""
    effects_only: bool = False

    def takes(self, row: Row) -> bool:
        if self.system and self.system != row["system"]:
            return False
        if self.change and self.change not in row["changes"]:
            return False
        return row["effect"] or not self.effects_only


class Timeline:
    def __init__(self, systems: Systems, deeds: Deeds, mask: Masking) -> None:
        self._systems = systems
        self._deeds = deeds
        self._mask = mask
        self._names = Names(systems.world)
        self._told: dict[tuple[int, str], Row] = {}

    @property
    def revision(self) -> str:
        diaries = [str(standin.diary.revision) for standin in self._systems.all]
        brought = sum(2 if delivery.seconds is not None else 1 for delivery in self._log)
        return "-".join([str(self._systems.generation), *diaries, str(brought), str(self._deeds.revision)])

    def rows(self, wanted: Wanted) -> tuple[list[Row], bool]:
        """So many lines, and whether there are more."""
        self._names.learn(self._systems["servicenow"].state()["changes"])
        found: list[Row] = []
        for row in self._all():
            if not wanted.takes(row):
                continue
            if len(found) == wanted.limit:
                return found, True
            found.append(row)
        return found, False

    @property
    def _log(self) -> list[Delivery]:
        return self._systems.workspace.courier.log

    def _all(self) -> Iterator[Row]:
        calls = [standin.diary.newest_first() for standin in self._systems.all]
        deliveries = ((delivery, n) for n, delivery in reversed(list(enumerate(self._log))))
        lines: list[Iterator[tuple[str, Row]]] = [
            *(((entry.at, self._call(entry)) for entry in diary) for diary in calls),
            ((delivery.at, _delivery(delivery, n)) for delivery, n in deliveries),
            ((deed.at, self._deed(deed)) for deed in self._deeds.newest_first()),
        ]
        return (row for _, row in heapq.merge(*lines, key=lambda line: line[0], reverse=True))

    def _call(self, entry: Entry) -> Row:
        """Told once; again only while it is under way."""
        key = (self._systems.generation, f"{entry.system}/{entry.seq}")
        if key not in self._told:
            row = self._tell(entry, key[1])
            if entry.seconds is None:
                return row
            if len(self._told) > MOST_TOLD:
                self._told.clear()
            self._told[key] = row
        return self._told[key]

    def _tell(self, entry: Entry, name: str) -> Row:
        call = Call(entry.call, entry.path, entry.query, entry.body, entry.answer)
        is_failed, is_done = _is_failed(entry, call), entry.seconds is not None
        phrase = TELLERS[entry.system](call, self._names)
        sentence = f"tried to {phrase}" if is_failed else past(phrase) if is_done else f"is about to {phrase}"
        looked_at = f"{entry.path} {entry.query} {entry.body} {entry.answer}"[:LONGEST_LOOKED_AT]
        return {
            "id": name,
            "at": entry.at,
            "from": "Cabbie",
            "to": TITLES[entry.system],
            "system": entry.system,
            "sentence": self._mask(sentence),
            "call": entry.call,
            "status": entry.status,
            "seconds": entry.seconds,
            "fault": entry.fault,
            "failed": is_failed,
            "effect": entry.is_effect and phrase != servicenow.SIGN_IN,
            "changes": self._names.changes_in(looked_at),
        }

    def _deed(self, deed: Deed) -> Row:
        return _line(f"deed/{deed.seq}", deed.at, deed.who, TITLES[deed.system], deed.system, deed.sentence) | {
            "failed": bool(deed.error),
            "says": deed.error,
            "effect": deed.is_effect,
            "changes": self._names.changes_in(deed.sentence),
        }

    def forget(self) -> None:
        self._told.clear()


def _delivery(delivery: Delivery, n: int) -> Row:
    phrase = slack.brought(delivery.kind, delivery.type)
    is_done = delivery.seconds is not None
    sentence = f"tried to {phrase}" if delivery.error else past(phrase) if is_done else f"is about to {phrase}"
    return _line(f"delivery/{n}", delivery.at, "Slack", "Cabbie", "slack", sentence) | {
        "call": delivery.kind,
        "status": delivery.status,
        "seconds": delivery.seconds,
        "failed": bool(delivery.error),
        "says": delivery.error,
    }


def _line(name: str, at: str, sender: str, receiver: str, system: str, sentence: str) -> Row:
    return {
        "id": name,
        "at": at,
        "from": sender,
        "to": receiver,
        "system": system,
        "sentence": sentence,
        "call": "",
        "status": None,
        "seconds": None,
        "fault": "",
        "failed": False,
        "effect": False,
        "changes": [],
    }


def _is_failed(entry: Entry, call: Call) -> bool:
    if entry.seconds is None:
        return False
    is_page = entry.answer_type.startswith("text/html") and entry.path.startswith(FOR_MACHINES)
    if entry.status is None or entry.status >= 400 or is_page:
        return True
    return entry.system == "slack" and call.got.get("ok") is False
