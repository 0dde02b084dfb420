"""How often somebody may ask: inbound rate limits, rule by rule (docs: "Inbound REST API rate limiting")."""

import re
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime

from integrations.servicenow.sandbox.access.accounts import Session
from integrations.servicenow.sandbox.data.store import STAMP, SYSTEM
from integrations.servicenow.sandbox.instance import Instance
from integrations.standin.world import sys_id_of

HOUR = 3600
APIS = {"table": "Table API", "attachment": "Attachment API", "change": "Change Management API"}
_RESOURCE = re.compile(r"/api/(?:now(?:/v\d)?/(table|attachment)|sn_chg_rest(?:/v\d)?/(change))(?:/([^/]+))?")


@dataclass(frozen=True)
class Rule:
    """So many requests per hour, to what and for whom; what is empty is for all."""

    limit: int
    api: str = ""
    table: str = ""
    user: str = ""
    role: str = ""

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.api, self.table, self.user, self.role))) or "all"

    @property
    def sys_id(self) -> str:
        return sys_id_of("sys_rate_limit_rules", self.name)

    def rank(self) -> tuple[int, int]:
        """One user's rule goes before a role's, a role's before everybody's; of two the lower limit holds."""
        return (0 if self.user else 1 if self.role else 2, self.limit)


@dataclass(frozen=True)
class Verdict:
    """What to tell: headers where a rule matches, a refusal where it is used up."""

    headers: dict[str, str]
    refusal: str = ""


class Limits:
    """Counts of the present hour. They keep the machine's time: a limit is met on the wire."""

    def __init__(self, inst: Instance) -> None:
        self._inst = inst
        self._asked: dict[tuple[str, str, int], int] = defaultdict(int)

    def ask(self, session: Session, path: str) -> Verdict:
        rules = self._rules()
        self._show(rules)
        rule = min((r for r in rules if _matches(r, session, path)), key=Rule.rank, default=None)
        if rule is None:
            return Verdict({})
        now = int(time.time())
        window = now // HOUR
        self._asked[rule.sys_id, session.sys_id, window] += 1
        reset = (window + 1) * HOUR
        headers = {
            "X-RateLimit-Limit": str(rule.limit),
            "X-RateLimit-Reset": str(reset),
            "X-RateLimit-Rule": rule.sys_id,
        }
        # Counts are kept per node and flushed every 30 seconds: the limit bites late.
        if self._asked[rule.sys_id, session.sys_id, window] <= rule.limit + self._inst.switches["rate_limit_late"]:
            return Verdict(headers)
        self._violated(rule, session, window)
        what = APIS.get(rule.api) or APIS.get(_resource(path)[0], "Table API")
        refusal = f"Rate limit of {rule.limit} requests per hour for {what} exceeded"
        return Verdict({**headers, "Retry-After": str(max(1, reset - now))}, refusal)

    def _rules(self) -> list[Rule]:
        plain = self._inst.switches["rate_limit"]
        rules = [Rule(**facts) for facts in self._inst.switches["rate_limits"]]
        return rules if plain is None else [*rules, Rule(plain)]

    def _show(self, rules: list[Rule]) -> None:
        """As rows that an administrator reads."""
        for rule in rules:
            about = {"name": rule.name, "api": rule.api, "table": rule.table, "user_name": rule.user}
            about |= {"role": rule.role, "limit": str(rule.limit)}
            row = self._inst.store.find("sys_rate_limit_rules", rule.sys_id)
            if row is None:
                self._inst.store.insert("sys_rate_limit_rules", about, SYSTEM, rule.sys_id)
            elif row["limit"] != about["limit"]:
                self._inst.store.rewrite(row, about)

    def _violated(self, rule: Rule, session: Session, window: int) -> None:
        start = datetime.fromtimestamp(window * HOUR, UTC).strftime(STAMP)
        about = {"rule": rule.sys_id, "user": session.sys_id, "window_start": start}
        known = self._inst.store.where("sys_rate_limit_violations", **about)
        row = known[0] if known else self._inst.store.insert("sys_rate_limit_violations", about, SYSTEM)
        self._inst.store.update(row, {"count": str(int(row["count"]) + 1)}, SYSTEM)


def _matches(rule: Rule, session: Session, path: str) -> bool:
    api, table = _resource(path)
    return (
        rule.api in ("", api)
        and rule.table in ("", table)
        and rule.user in ("", session.user_name)
        and (not rule.role or rule.role in session.roles)
    )


def _resource(path: str) -> tuple[str, str]:
    """(API, table) of a path."""
    found = _RESOURCE.match(path)
    if not found:
        return "", ""
    return found[1] or found[2], (found[3] or "") if found[1] == "table" else ""
