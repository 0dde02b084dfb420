"""A business rule that tells somebody elsewhere: an approval or a change has a new state.

As ``sn_ws.RESTMessageV2().executeAsync()`` in an asynchronous rule: after the transaction, once, without a second try;
quick successive updates may arrive out of order (docs: "Business rules", RESTMessageV2). A hint, no more.
"""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import requests

from integrations.servicenow.sandbox.data.store import Actor, Record
from integrations.servicenow.sandbox.instance import Instance

TIMEOUT_SECONDS = 5.0
GATHERED_SECONDS = 0.2
"""Over so long hints are gathered that are to arrive in another order."""


@dataclass
class Rule:
    """Where to, and the word that proves it is us."""

    url: str
    header: str = "X-ServiceNow-Secret"
    secret: str = ""
    tables: tuple[str, ...] = ("sysapproval_approver", "change_request")


@dataclass
class Delivery:
    """One hint, and what came of it."""

    payload: dict[str, Any]
    status: int | None = None
    error: str = ""


@dataclass
class Outbound:
    """The rules in force and what they sent."""

    inst: Instance
    rules: list[Rule] = field(default_factory=list)
    log: list[Delivery] = field(default_factory=list)
    _late: list[tuple[Rule, Delivery]] = field(default_factory=list)
    # One thread: hints leave in the order they were made, and a slow neighbour never holds the instance.
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="outbound"))

    def heard(self, record: Record, before: Mapping[str, str], _: Actor) -> None:
        """A watcher of the store: a new row counts, and a row whose state changed."""
        if record.table not in ("sysapproval_approver", "change_request") or (before and "state" not in before):
            return
        for rule in self.rules:
            if record.table in rule.tables:
                self._send(rule, _payload(self.inst, record))

    def _send(self, rule: Rule, payload: dict[str, Any]) -> None:
        match self.inst.switches["hints"]:
            case "lost":
                self.log.append(Delivery(payload, error="lost"))
            case "reversed":
                self._late.append((rule, Delivery(payload)))
                if len(self._late) == 1:
                    asyncio.get_running_loop().call_later(GATHERED_SECONDS, self._send_reversed)
            case how:
                for _ in range(2 if how == "twice" else 1):
                    self._launch(rule, Delivery(payload))

    def _send_reversed(self) -> None:
        gathered, self._late = self._late, []
        for rule, delivery in reversed(gathered):
            self._launch(rule, delivery)

    def _launch(self, rule: Rule, delivery: Delivery) -> None:
        self.log.append(delivery)
        self._pool.submit(_post, rule, delivery)


def _post(rule: Rule, delivery: Delivery) -> None:
    headers = {"Accept": "application/json", **({rule.header: rule.secret} if rule.secret else {})}
    with requests.Session() as session:
        session.trust_env = False  # no proxy on the way to a neighbour
        try:
            answer = session.post(rule.url, json=delivery.payload, headers=headers, timeout=TIMEOUT_SECONDS)
            delivery.status = answer.status_code
        except requests.RequestException as reason:
            delivery.error = type(reason).__name__


def _payload(inst: Instance, record: Record) -> dict[str, Any]:
    """What the script puts in: enough to look the rest up."""
    shared = {name: record[name] for name in ("sys_id", "state", "sys_updated_on", "sys_updated_by", "sys_mod_count")}
    if record.table == "change_request":
        return {"table": record.table, **shared, "change": record.sys_id, "number": record["number"]}
    change = inst.store.find("change_request", record["sysapproval"])
    about = {"approver": record["approver"], "change": record["sysapproval"]}
    return {"table": record.table, **shared, **about, "number": change["number"] if change else ""}
