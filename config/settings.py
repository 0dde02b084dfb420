"""What differs between machines: from the environment, read once, never changed. Each secret also as ``NAME_FILE``."""

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

HERE = Path(__file__).parent
OWN_ACCOUNTS = (
    "servicenow_user_client_id",
    "servicenow_user_client_secret",
    "cabbie_public_url",
    "cabbie_token_keys",
)
WEBHOOK_SENDERS = ("github", "gitlab", "argocd", "jenkins", "cdevents")


class BadSettings(Exception):
    """The environment does not say what Cabbie needs."""


class Settings(BaseSettings):
    """Cabbie's environment."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    slack_bot_token: SecretStr
    slack_app_token: SecretStr | None = None
    """Set: Socket Mode. Else HTTP, and the signing secret is needed."""
    slack_signing_secret: SecretStr | None = None
    slack_api_url: str = "https://slack.com/api/"

    jira_url: str
    jira_email: str = ""
    jira_api_token: SecretStr | None = None
    jira_token: SecretStr | None = None

    servicenow_url: str
    servicenow_client_id: str = ""
    servicenow_client_secret: SecretStr | None = None
    servicenow_user: str = ""
    servicenow_password: SecretStr | None = None
    servicenow_approval_client_id: str = ""
    servicenow_approval_client_secret: SecretStr | None = None
    servicenow_approval_user: str = ""
    servicenow_approval_password: SecretStr | None = None

    servicenow_user_client_id: str = ""
    """The OAuth application that people sign in to, to decide as themselves."""
    servicenow_user_client_secret: SecretStr | None = None
    cabbie_public_url: str = ""
    """Where people's browsers reach Cabbie: ServiceNow sends them back to ``/servicenow/callback`` there."""
    cabbie_token_keys: SecretStr | None = None
    """Fernet keys that seal people's tokens, the newest first, with commas between: ``cabbie keys new`` makes one."""

    database_url: str = "sqlite:///cabbie.db"
    cabbie_policy: Path = HERE / "policy.yaml"
    cabbie_repositories: Path = Path("repositories")
    cabbie_api_tokens: dict[SecretStr, list[str]] = Field(default_factory=dict)
    """JSON: token → the services it may speak for; "*" for all."""
    cabbie_webhook_secret: dict[str, list[SecretStr]] = Field(default_factory=dict)
    """JSON: github, gitlab, argocd, jenkins or cdevents → its secrets, the newest first."""

    host: str = Field(default="127.0.0.1", validation_alias=AliasChoices("CABBIE_HOST"))
    port: int = 3000
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["text", "json"] = "text"

    cabbie_look_every: timedelta = timedelta(seconds=15)
    """How often ServiceNow is asked what changed."""
    cabbie_pace: float = Field(default=1.0, ge=0)
    """Slack and Jira are called as often as they document, times this; 0: as often as they take it."""
    cabbie_tick: timedelta = timedelta(seconds=2)
    """How often the clock looks at what is due."""
    cabbie_record_patience: timedelta = timedelta(minutes=2)
    """How long a lost answer of a create is looked for before it is tried again."""
    cabbie_message_patience: timedelta = timedelta(seconds=10)
    """The same for a message in Slack and a comment in Jira."""
    cabbie_anchor: str = ""
    """Where the ledger's head is left, out of our reach: file:///… on a volume that only grows, or a sink's https://…"""
    cabbie_anchor_token: SecretStr | None = None
    cabbie_anchor_every: timedelta = timedelta(minutes=10)
    cabbie_ledger_name: str = "cabbie"
    """Tells this ledger from others that are anchored in the same place."""
    cabbie_rehearsal_clock: Path | None = None
    """A file with the seconds by which now is moved, to see windows open and requests expire. Not for production."""
    cabbie_lease: timedelta = timedelta(seconds=20)
    cabbie_beat: timedelta = timedelta(seconds=5)

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if not self.slack_app_token and not self.slack_signing_secret:
            raise ValueError("set SLACK_SIGNING_SECRET (HTTP) or SLACK_APP_TOKEN (Socket Mode)")
        if not self.jira_token and not (self.jira_email and self.jira_api_token):
            raise ValueError("set JIRA_EMAIL and JIRA_API_TOKEN (Cloud) or JIRA_TOKEN (Data Center)")
        if not _is_account(self.servicenow_client_id, self.servicenow_client_secret) and not _is_account(
            self.servicenow_user, self.servicenow_password
        ):
            raise ValueError(
                "set SERVICENOW_CLIENT_ID and SERVICENOW_CLIENT_SECRET, or SERVICENOW_USER and SERVICENOW_PASSWORD"
            )
        return self

    @field_validator("cabbie_webhook_secret")
    @classmethod
    def _are_senders(cls, secrets: dict[str, list[SecretStr]]) -> dict[str, list[SecretStr]]:
        if unknown := sorted(set(secrets) - set(WEBHOOK_SENDERS)):
            raise ValueError(f"there is no {', '.join(unknown)}: it knows {', '.join(WEBHOOK_SENDERS)}")
        return secrets

    @field_validator("cabbie_public_url")
    @classmethod
    def _is_address(cls, url: str) -> str:
        """Over plain HTTP a code could be read on its way; on this machine there is no way."""
        parts = urlsplit(url)
        is_near = parts.hostname in ("127.0.0.1", "localhost", "::1")
        is_good = parts.scheme == "https" or (parts.scheme == "http" and is_near)
        if url and (not is_good or not parts.hostname or parts.username or parts.query or parts.fragment):
            raise ValueError("looks like https://cabbie.acme.example")
        return url.rstrip("/")

    @field_validator("cabbie_token_keys")
    @classmethod
    def _are_keys(cls, keys: SecretStr | None) -> SecretStr | None:
        for key in _words(keys):
            try:
                Fernet(key)
            except ValueError:
                raise ValueError("each is a key as `cabbie keys new` prints it, with commas between them") from None
        return keys

    @property
    def token_keys(self) -> tuple[str, ...]:
        return _words(self.cabbie_token_keys)

    @property
    def missing_for_own_accounts(self) -> tuple[str, ...]:
        """What is to be set before people can link their own ServiceNow accounts."""
        return tuple(name.upper() for name in OWN_ACCOUNTS if not getattr(self, name))

    @property
    def has_approval_account(self) -> bool:
        return _is_account(self.servicenow_approval_client_id, self.servicenow_approval_client_secret) or _is_account(
            self.servicenow_approval_user, self.servicenow_approval_password
        )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, _SecretFiles(settings_cls)


class _SecretFiles(PydanticBaseSettingsSource):
    """``SLACK_BOT_TOKEN_FILE=/run/secrets/slack``: the secret stands in the file."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        path = os.environ.get(f"{field_name.upper()}_FILE")
        return (
            (Path(path).read_text().strip() if path else None),
            field_name,
            field_name in ("cabbie_api_tokens", "cabbie_webhook_secret"),
        )

    def __call__(self) -> dict[str, Any]:
        found = {}
        for name, field in self.settings_cls.model_fields.items():
            value, key, is_complex = self.get_field_value(field, name)
            if value is not None:
                found[key] = self.prepare_field_value(name, field, value, is_complex)
        return found


def missing_for_own_accounts(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The same, of an environment that may lack everything else."""
    names = (name.upper() for name in OWN_ACCOUNTS)
    return tuple(name for name in names if not environment.get(name) and not environment.get(f"{name}_FILE"))


def read_settings() -> Settings:
    """Raises: BadSettings, naming what is missing or wrong, never its value."""
    try:
        return Settings()  # type: ignore[call-arg]  # the environment fills it
    except ValidationError as error:
        wrong = [_sentence(problem["loc"], problem["type"], problem["msg"]) for problem in error.errors()]
        raise BadSettings("; ".join(wrong)) from None
    except OSError as error:
        raise BadSettings(f"cannot read the secret file {error.filename}") from None


def _sentence(where: tuple[int | str, ...], kind: str, message: str) -> str:
    name = str(where[0]).upper() if where else ""
    if kind == "missing":
        return f"{name} is not set"
    return f"{name}: {message}" if name else message.removeprefix("Value error, ")


def _words(keys: SecretStr | None) -> tuple[str, ...]:
    return tuple(keys.get_secret_value().replace(",", " ").split()) if keys else ()


def _is_account(name: str, secret: SecretStr | None) -> bool:
    return bool(name and secret)
