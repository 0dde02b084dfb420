"""What a bot needs to know to work against the sandbox, as environment variables."""

import json
import secrets as random
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.fernet import Fernet

from integrations.standin.secrets import Secrets


@dataclass(frozen=True)
class ApiTokens:
    """Tokens for the bot's own API: one that reads everything, one of a pipeline."""

    page: str = field(default_factory=lambda: random.token_hex(24))
    pipeline: str = field(default_factory=lambda: random.token_hex(24))

    def as_setting(self) -> str:
        return json.dumps({self.page: ["*"], self.pipeline: ["payments"]})


def environment(
    secrets: Secrets, tokens: ApiTokens, urls: dict[str, str], repositories: Path, *, bot_url: str, socket_mode: bool
) -> dict[str, str]:
    """``urls`` by system. bot_url: where people's browsers reach the bot, too.

    With Socket Mode the app token is there too, and a bot takes it as the word to use it."""
    slack = {
        "SLACK_API_URL": f"{urls['slack']}/api/",
        "SLACK_BOT_TOKEN": secrets.slack_bot_token,
        "SLACK_SIGNING_SECRET": secrets.slack_signing_secret,
    }
    if socket_mode:
        slack["SLACK_APP_TOKEN"] = secrets.slack_app_token
    return slack | {
        "JIRA_URL": urls["jira"],
        "JIRA_EMAIL": secrets.jira_email,
        "JIRA_API_TOKEN": secrets.jira_api_token,
        "SERVICENOW_URL": urls["servicenow"],
        "SERVICENOW_CLIENT_ID": secrets.servicenow_client_id,
        "SERVICENOW_CLIENT_SECRET": secrets.servicenow_client_secret,
        "SERVICENOW_APPROVAL_CLIENT_ID": secrets.servicenow_approval_client_id,
        "SERVICENOW_APPROVAL_CLIENT_SECRET": secrets.servicenow_approval_client_secret,
        "SERVICENOW_USER_CLIENT_ID": secrets.servicenow_user_client_id,
        "SERVICENOW_USER_CLIENT_SECRET": secrets.servicenow_user_client_secret,
        "CABBIE_PUBLIC_URL": bot_url,
        "CABBIE_TOKEN_KEYS": Fernet.generate_key().decode(),
        "CABBIE_REPOSITORIES": str(repositories),
        "CABBIE_API_TOKENS": tokens.as_setting(),
    }
