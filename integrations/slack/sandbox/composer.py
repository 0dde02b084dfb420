"""What the message composer does to what a person types: names become ids, addresses become links."""

import re
from typing import TYPE_CHECKING

from integrations.slack.sandbox.normalise import text_as_shown

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace

_NAME = re.compile(r"(?<![\w<|])([@#])([a-z0-9][\w.-]*)")


def composed(workspace: "Workspace", text: str) -> str:
    """A message's text: ``@linus`` → ``<@U0LINUS>``; mrkdwn that is there already stays."""
    return text_as_shown(_NAME.sub(lambda m: _found(workspace, m, labelled=False), text))


def escaped(workspace: "Workspace", text: str) -> str:
    """A command's text with should_escape on: ``@linus`` → ``<@U0LINUS|linus>``."""
    return text_as_shown(_NAME.sub(lambda m: _found(workspace, m, labelled=True), text))


def _found(workspace: "Workspace", match: "re.Match[str]", *, labelled: bool) -> str:
    sign, name = match.groups()
    everybody = workspace.users if sign == "@" else workspace.channels
    for one in everybody.values():
        if one.name == name:
            return f"<{sign}{one.id}|{name}>" if labelled else f"<{sign}{one.id}>"
    return match.group()
