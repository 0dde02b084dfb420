"""Block Kit as Slack judges it: what is wrong with blocks, attachments and views, each with its JSON pointer."""

from integrations.slack.sandbox.blockkit.judge import (
    MOST_ATTACHMENTS,
    attachment_problems,
    block_problems,
    menu_problems,
    table_problems,
    view_problems,
)
from integrations.slack.sandbox.blockkit.tables import characters

__all__ = [
    "MOST_ATTACHMENTS",
    "attachment_problems",
    "block_problems",
    "characters",
    "menu_problems",
    "table_problems",
    "view_problems",
]
