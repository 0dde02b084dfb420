"""In which order things were said: Slack hears of an approval when ServiceNow has said so, and never before."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

Traffic = dict[str, list[dict[str, Any]]]
SAYS_APPROVED = re.compile(r"Approved; not cleared|\bis approved\b|Cleared to deploy|is cleared to go")
SAYS_SOMEBODY_DID = re.compile(r'"marker": "thread:decision')
AFTER_AUTHORIZE = ("-2", "-1", "0", "3")
"""ServiceNow's states from Scheduled on."""


def check_order(traffic: Traffic) -> None:
    """Nobody's approval is told, and no change is called approved, before a read-back of Cabbie's said it."""
    seen = [(answered_at(entry), what_it_says(entry)) for entry in traffic["servicenow"] if entry["method"] == "GET"]
    for entry in traffic["slack"]:
        if entry["call"] not in ("chat.postMessage", "chat.update") or '"marker": "digest' in entry["body"]:
            continue
        known = [said for at, said in seen if at and at <= datetime.fromisoformat(entry["at"])]
        approvals = max((rows for rows, _ in known), default=0)
        is_scheduled = any(moved for _, moved in known)
        if SAYS_APPROVED.search(entry["body"]):
            assert approvals and is_scheduled, f"approved in Slack, not yet in ServiceNow: {entry['body'][:600]}"
        if SAYS_SOMEBODY_DID.search(entry["body"]):
            assert approvals, f"somebody's verdict is told before ServiceNow has it: {entry['body'][:600]}"


def answered_at(entry: dict[str, Any]) -> datetime | None:
    """None when Cabbie got no answer that it could read."""
    if entry["status"] != 200 or entry["seconds"] is None:
        return None
    return datetime.fromisoformat(entry["at"]) + timedelta(seconds=entry["seconds"])


def what_it_says(entry: dict[str, Any]) -> tuple[int, bool]:
    """(how many rows are approved, whether the change is past Authorize)"""
    try:
        rows = json.loads(entry["answer"])["result"]
    except (ValueError, KeyError, TypeError):
        return 0, False
    if not isinstance(rows, list):
        return 0, False
    approved = sum(1 for row in rows if "sysapproval" in row and row.get("state") == "approved")
    moved = any("number" in row and str(row.get("state")) in AFTER_AUTHORIZE for row in rows)
    return approved, moved
