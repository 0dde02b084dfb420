"""Fingerprints: of what an approver decides on, and of what makes two deploys the same."""

import hashlib
import json
from dataclasses import asdict, replace
from typing import Any

from bot.change.model import Change, Plan, Release


def fingerprint(value: Any) -> str:
    """SHA-256 of plain data in one spelling."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()  # half a character is one of its own


def change_key(*, service: str, environment: str, kind: str, sha: str, attempt: int) -> str:
    """What makes two requests the same deploy. A moved tag is another sha, hence another deploy."""
    return fingerprint({"service": service, "environment": environment, "kind": kind, "sha": sha, "attempt": attempt})


def content_fingerprint(change: Change, release: Release, plan: Plan) -> str:
    """Of the content shown to an approver: votes and repaints do not change it, another sha or plan does."""
    return fingerprint(
        {
            "service": change.service,
            "environment": change.environment,
            "kind": change.kind,
            "sha": release.sha,
            "stories": [[story.key, story.found] for story in release.stories],
            "plan": asdict(replace(plan, fingerprint="")),
        }
    )
