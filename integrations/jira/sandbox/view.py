"""The site as somebody sees it: in which version, from which address, and with whose rights."""

from dataclasses import dataclass

from integrations.jira.sandbox.caller import Caller
from integrations.jira.sandbox.models import Comment, Issue, Project
from integrations.jira.sandbox.site import Site
from integrations.jira.sandbox.store import Store
from integrations.standin.world import Human

ANONYMOUS = Human(key="anonymous", name="Anonymous", email="", slack="", jira=False)


@dataclass
class View:
    """What the shapes of answers depend on."""

    site: Site
    caller: Caller
    version: str
    """Of the REST interface: 2, 3 or latest."""
    origin: str
    """The site's own address, as the caller reached it."""
    root: str = ""
    """In front of every path: the gateway has one."""

    @property
    def actor(self) -> Human:
        """Whose name stands on what is done."""
        return self.caller.account or ANONYMOUS

    @property
    def store(self) -> Store:
        return self.site.store

    @property
    def is_documents(self) -> bool:
        """Version 3 speaks documents, the others wiki markup."""
        return self.version == "3"

    def url(self, path: str) -> str:
        """A ``self`` link; behind the gateway it points at the gateway."""
        return f"{self.origin}{self.root}/rest/api/{self.version}{path}"

    def may_browse(self, project: Project) -> bool:
        if self.caller.sees_all or project.key in self.site.switches["public_projects"]:
            return True
        return self.caller.account is not None and not project.hidden

    def may_see(self, issue: Issue) -> bool:
        if self.caller.sees_all:
            return True
        is_known = self.caller.account is not None and bool(self.site.switches["can_see_security_levels"])
        return self.may_browse(issue.project) and not issue.hidden and (issue.security is None or is_known)

    def held(self, kind: str) -> list[str]:
        """The roles or the groups of the caller."""
        return list(self.site.switches["roles" if kind == "role" else "groups"]) if self.caller.account else []

    def may_read(self, comment: Comment) -> bool:
        """A comment is for all who see the issue, or for one role or group (Atlassian's OpenAPI, getComments)."""
        limit = comment.visibility
        return limit is None or self.caller.sees_all or limit["value"] in self.held(limit["type"])

    def comments_on(self, issue: Issue) -> list[Comment]:
        """Those that the caller may read."""
        return [comment for comment in issue.comments if self.may_read(comment)]

    def visible(self, id_or_key: str) -> Issue | None:
        issue = self.store.find(id_or_key)
        return issue if issue and self.may_see(issue) else None

    def has(self, switch: str) -> bool:
        """Whether the caller holds the right that this switch stands for; a stranger holds none."""
        return self.caller.account is not None and bool(self.site.switches[switch])


def everything(site: Site) -> View:
    """The site as it sees itself: what webhooks tell is not cut to anybody's rights."""
    return View(site, Caller(site.account, sees_all=True), "2", site.origin)
