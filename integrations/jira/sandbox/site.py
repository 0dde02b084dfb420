"""One Jira site: what it holds, who may come in, and how this instance differs from others."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from integrations.jira.sandbox.deployments.models import Deployments
from integrations.jira.sandbox.events import Event
from integrations.jira.sandbox.limiter import WriteLimiter
from integrations.jira.sandbox.oauth import Apps
from integrations.jira.sandbox.store import Store
from integrations.jira.sandbox.switches import SWITCHES
from integrations.jira.sandbox.traffic import Traffic
from integrations.jira.sandbox.webhooks.registry import Hooks
from integrations.standin.secrets import Secrets
from integrations.standin.world import Human, sys_id_of


@dataclass
class Site:
    """The site as a whole."""

    store: Store
    secrets: Secrets
    switches: dict[str, Any] = field(default_factory=lambda: {name: _own(value) for name, value in SWITCHES.items()})
    limiter: WriteLimiter = field(default_factory=WriteLimiter)
    apps: Apps = field(default_factory=Apps)
    hooks: Hooks = field(default_factory=Hooks)
    deployments: Deployments = field(default_factory=Deployments)
    failed_logins: dict[str, int] = field(default_factory=dict)
    """How often in a row each user name was tried in vain, on Data Center."""
    tasks: dict[int, dict[str, Any]] = field(default_factory=dict)
    listeners: list[Callable[[Event], None]] = field(default_factory=list)
    origin: str = "https://acme.atlassian.net"
    """The address by which it was asked last."""

    @cached_property
    def traffic(self) -> Traffic:
        return Traffic(self.switches)

    @property
    def is_cloud(self) -> bool:
        return bool(self.switches["deployment"] == "Cloud")

    @cached_property
    def account(self) -> Human:
        """The account that the secrets open."""
        return Human(key="cabbie", name="Cabbie", email=self.secrets.jira_email, slack="")

    @property
    def cloud_id(self) -> str:
        return str(UUID(sys_id_of("jira_cloud", "site")))

    def everybody(self) -> list[Human]:
        return [*self.store.people.values(), self.account]

    def tell(self, event: Event) -> None:
        for listener in self.listeners:
            listener(event)


def group_id(name: str) -> str:
    """What tells a group on Cloud, where its name may change."""
    return str(UUID(sys_id_of("jira_group", name)))


def _own(value: Any) -> Any:
    """Lists are copied: one site's settings are not another's."""
    return list(value) if isinstance(value, list) else value
