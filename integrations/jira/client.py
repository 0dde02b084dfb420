"""Jira's issues, Cloud or Data Center: read many, link, comment, and say what is wrong."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from functools import cached_property
from typing import Any

from bot.change.model import Found, Story
from bot.ports import Check, NotThere, RemoteLink
from integrations.jira.comments import find_all_marked, find_marked, rewrite, write_marked
from integrations.jira.connections import SYSTEM, Connections
from integrations.jira.doctor import findings
from integrations.jira.fields import link_body, link_of, person_id, story_of
from integrations.jira.lookup import (
    KEY,
    Issue,
    archived_among,
    fetch_by_bulk,
    fetch_by_search,
    fetch_one,
    in_parallel,
)

MOST_PROJECTS_AT_ONCE = 50


class JiraTracker:
    """One Jira site, as one account. Threads may share it."""

    def __init__(
        self,
        url: str,
        *,
        email: str = "",
        api_token: str = "",
        token: str = "",
        projects: Collection[str] = (),
        icons_url: str = "",
        connect_timeout: timedelta = timedelta(seconds=3.05),
        read_timeout: timedelta = timedelta(seconds=20),
        most_connections: int = 12,
        pace: float = 1.0,
    ) -> None:
        """
        email, api_token: for Cloud. token: for Data Center, or for Cloud's gateway.
        projects: those of the policy, for the doctor.
        most_connections: calls under way at once. Twelve of 80 ms are 75 links and 75 reads a second, and Cloud lets
        100 of each pass (developer.atlassian.com/cloud/jira/platform/rate-limiting).
        pace: how many times what Atlassian documents it lets us call; 0: as often as it takes it.
        icons_url: where ``waiting.png``, ``approved.png``, ``done.png`` and ``failed.png`` lie, for people's browsers.
        """
        self._projects = tuple(projects)
        self._icons_url = icons_url.rstrip("/")
        self._connections = Connections(
            url,
            email=email,
            api_token=api_token,
            token=token,
            connect=connect_timeout,
            read=read_timeout,
            most=most_connections,
            pace=pace,
        )

    def read(self, keys: Sequence[str]) -> tuple[Story, ...]:
        """One story for each key asked, in that order; what cannot be read says so in ``found``."""
        asked = list(dict.fromkeys(key.upper() for key in keys if KEY.fullmatch(key.upper())))
        if not asked:
            return tuple(Story(key, found=Found.MISSING) for key in keys)
        fetch = fetch_by_bulk if self._is_cloud else fetch_by_search
        listed = fetch(self._connections, asked)
        by_key = {str(issue["key"]): issue for issue in listed}
        unlisted = [key for key in asked if key not in by_key]
        # A key may be gone, hidden, moved or archived: only its direct address tells which.
        singly = in_parallel(lambda key: fetch_one(self._connections, key), unlisted)
        by_key |= {key: issue for key, issue in zip(unlisted, singly, strict=True) if issue}
        if not by_key:
            self.myself()  # a login that died unnoticed reads as nothing there
        archived = self._archived(listed, by_key)
        return tuple(self._story(key, by_key.get(key.upper()), archived) for key in keys)

    def _archived(self, listed: Sequence[Issue], by_key: dict[str, Issue]) -> frozenset[str]:
        ids = [str(issue["id"]) for issue in listed]
        unlisted = sorted({str(issue["id"]) for issue in by_key.values()} - set(ids))
        if self._is_cloud:  # it lists archived issues or not, and leaves out those it cannot load: only a search tells
            return archived_among(self._connections, [*ids, *unlisted])
        # a Data Center's search may not know former keys (JRASERVER-30245): what it finds by the present one is there
        renamed = [str(i["key"]) for key, i in by_key.items() if str(i["id"]) in unlisted and i["key"] != key]
        found = fetch_by_search(self._connections, renamed) if renamed else []
        return frozenset(unlisted) - {str(issue["id"]) for issue in found}

    def _story(self, key: str, issue: Issue | None, archived: frozenset[str]) -> Story:
        if issue is None:
            return Story(key, found=Found.MISSING)
        return story_of(issue, asked=key.upper(), site=self._site, is_archived=str(issue["id"]) in archived)

    def link(self, key: str, link: RemoteLink) -> None:
        """Create or update the link with this global_id. Repeating it is harmless."""
        body = link_body(link, self._icons_url)
        self._connections.post(f"issue/{_checked(key)}/remotelink", body, repeatable=True)

    def linked(self, key: str, global_id: str) -> RemoteLink | None:
        """The link with this global_id, None where there is none, or no such issue."""
        try:
            found = self._connections.get(f"issue/{_checked(key)}/remotelink", globalId=global_id)
        except NotThere:
            return None
        links = [link_of(shown) for shown in (found if isinstance(found, list) else [found])]
        return next((link for link in links if link.global_id == global_id), None)

    def comment(self, key: str, text: str, marker: str) -> str:
        """Add a comment carrying the marker; its id. text: plain, may hold newlines."""
        return write_marked(self._connections, _checked(key), text, marker)

    def find_comment(self, key: str, marker: str) -> str:
        """The id of our newest comment with this marker, or an empty string."""
        author = self._account
        return find_marked(self._connections, _checked(key), marker, author=author, is_cloud=self._is_cloud)

    def find_comments(self, key: str, marker: str) -> tuple[str, ...]:
        """The ids of all our comments with this marker, oldest first."""
        author = self._account
        return find_all_marked(self._connections, _checked(key), marker, author=author, is_cloud=self._is_cloud)

    def rewrite_comment(self, key: str, comment: str, text: str) -> None:
        """Have a comment of ours say something else; the marker stays."""
        rewrite(self._connections, _checked(key), comment, text)

    def projects(self) -> frozenset[str]:
        """The project keys we can see."""
        if not self._is_cloud:
            return frozenset(str(project["key"]) for project in self._connections.get("project"))
        keys: set[str] = set()
        seen = 0
        while True:
            page = self._connections.get("project/search", startAt=seen, maxResults=MOST_PROJECTS_AT_ONCE)
            keys |= {str(project["key"]) for project in page["values"]}
            seen += len(page["values"])
            if page.get("isLast", True) or not page["values"]:
                return frozenset(keys)

    def myself(self) -> dict[str, Any]:
        """Who we are: the one call that proves a login. Raises: BadCredentials."""
        return dict(self._connections.get("myself"))

    def check(self) -> tuple[Check, ...]:
        """The doctor's questions, asked with real calls."""
        return findings(self._connections, self._projects)

    @cached_property
    def _server(self) -> dict[str, Any]:
        return dict(self._connections.get("serverInfo"))

    @property
    def _is_cloud(self) -> bool:
        return bool(self._server.get("deploymentType") == "Cloud")

    @property
    def _site(self) -> str:
        """Where people look at issues: behind the gateway that is another host than ours."""
        base = str(self._server.get("baseUrl") or "")
        return base.rstrip("/") if base.startswith(("https://", "http://")) else self._connections.url

    @cached_property
    def _account(self) -> str:
        return person_id(self.myself())


def _checked(key: str) -> str:
    """Raises: NotThere, for what can be no key and would be another address."""
    if not KEY.fullmatch(key.upper()):
        raise NotThere(SYSTEM, "that is no issue key")
    return key.upper()
