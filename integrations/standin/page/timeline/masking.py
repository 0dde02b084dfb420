"""Nothing that opens a door is shown."""

import re
from collections.abc import Iterable
from dataclasses import asdict

from integrations.standin.secrets import Secrets

MASK = "•••"
NAMES = "access_token|refresh_token|client_secret|client_assertion|code_verifier|password|passwd|token|secret"
IN_ADDRESSES = f"{NAMES}|ticket|code"
"""In JSON these two words mean other things, too."""
IN_JSON = re.compile(rf'("(?:{NAMES})"\s*:\s*")(?:[^"\\]|\\.)*(")')
IN_FORM = re.compile(rf"((?:^|[?&])(?:{IN_ADDRESSES})=)[^&\s\"]+")
SLACK_TOKEN = re.compile(r"\bx(?:ox[a-z]|app)-[\w-]+")
HANDED_OUT = re.compile(r"(/(?:commands|actions|app|upload|services)/[\w/-]*/)[\w-]{8,}")
"""Slack's response, webhook and upload URLs: whoever has one may use it."""
OPEN_FACTS = frozenset({"jira_email"})


class Masking:
    """Hides the credentials of this run wherever they stand, and whatever is called like one."""

    def __init__(self, secrets: Secrets, others: Iterable[str]) -> None:
        known = {value for name, value in asdict(secrets).items() if name not in OPEN_FACTS} | set(others)
        self._known = re.compile("|".join(re.escape(one) for one in sorted(known, key=len, reverse=True)))

    def __call__(self, text: str) -> str:
        text = self._known.sub(MASK, text)
        text = IN_JSON.sub(rf"\g<1>{MASK}\g<2>", text)
        text = IN_FORM.sub(rf"\g<1>{MASK}", text)
        text = SLACK_TOKEN.sub(MASK, text)
        return HANDED_OUT.sub(rf"\g<1>{MASK}", text)
