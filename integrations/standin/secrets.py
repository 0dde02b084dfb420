"""Credentials for one run of the sandbox: invented at start, worth nothing elsewhere, never written to the tree."""

import secrets
from dataclasses import dataclass


@dataclass(frozen=True)
class Secrets:
    """Every credential the stand-ins accept."""

    slack_bot_token: str
    slack_app_token: str
    slack_signing_secret: str
    jira_email: str
    jira_api_token: str
    """Cloud: basic auth with the e-mail."""
    jira_token: str
    """Data Center: bearer."""
    servicenow_client_id: str
    """The change account's OAuth client (client credentials)."""
    servicenow_client_secret: str
    servicenow_approval_client_id: str
    """The approval account's: may write approval state and comments, nothing else."""
    servicenow_approval_client_secret: str
    servicenow_user_client_id: str
    """The OAuth application that people sign in to: it acts as whoever allowed it."""
    servicenow_user_client_secret: str


def invent() -> Secrets:
    """A new set of credentials in the vendors' forms."""
    word = secrets.token_hex
    return Secrets(
        slack_bot_token=f"xoxb-{word(6)}-{word(12)}",
        slack_app_token=f"xapp-1-{word(6)}-{word(12)}",
        slack_signing_secret=word(16),
        jira_email="cabbie@acme.example",
        jira_api_token=word(24),
        jira_token=word(24),
        servicenow_client_id=word(16),
        servicenow_client_secret=word(16),
        servicenow_approval_client_id=word(16),
        servicenow_approval_client_secret=word(16),
        servicenow_user_client_id=word(16),
        servicenow_user_client_secret=word(16),
    )
