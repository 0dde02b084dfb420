"""One Jira site: what it holds, who may come in, and how this instance differs from others."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from integrations.jira.sandbox.limiter import WriteLimiter
from integrations.jira.sandbox.store import Store
from integrations.standin.secrets import Secrets
from integrations.standin.world import Human, sys_id_of

SWITCHES: dict[str, Any] = {
    "deployment": "Cloud",  # or "Server", which is what a Data Center calls itself
    "search_lag_seconds": 0.0,  # how long until search sees a change
    "search_page_cap": 100,  # a page holds no more issues than this when more than ids are asked for
    "jql_refuses_unknown": True,  # Cloud, signed in: an unknown key fails the query (unverified; both are reported)
    "refuses_nulls": False,  # whether search/jql takes null for an absent member (unverified)
    "can_see_security_levels": True,
    "can_link": True,
    "can_comment": True,
    "can_edit": True,
    "can_transition": True,
    "is_admin": False,
    "issue_linking": True,  # a site-wide setting
    "roles": ["Developers"],  # project roles that our account holds, for comment visibility
    "groups": ["jira-users"],
    "archived_in_bulkfetch": True,  # unverified: archived issues answer to their direct link and are absent from search
    "archived_write_status": 403,  # unverified: 400, 403 and 404 are all plausible
    "limits_writes": True,
}


@dataclass
class Site:
    """The site as a whole."""

    store: Store
    secrets: Secrets
    switches: dict[str, Any] = field(default_factory=lambda: dict(SWITCHES))
    limiter: WriteLimiter = field(default_factory=WriteLimiter)

    @property
    def is_cloud(self) -> bool:
        return bool(self.switches["deployment"] == "Cloud")

    @property
    def account(self) -> Human:
        """The account that the secrets open."""
        return Human(key="cabbie", name="Cabbie", email=self.secrets.jira_email, slack="")

    @property
    def cloud_id(self) -> str:
        return str(UUID(sys_id_of("jira_cloud", "site")))
