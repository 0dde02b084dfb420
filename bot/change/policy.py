"""What the team decided: which services there are, who is told where, how long things may take."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum
from typing import Any

from bot.change.errors import UnknownEnvironment, UnknownService
from bot.change.model import Level, Recorded
from bot.change.reading import Name


class WithoutLink(StrEnum):
    """What becomes of the verdict of somebody whose own ServiceNow account is not linked, or not any more."""

    DEEP_LINK = "deep link"
    ON_BEHALF = "recorded on behalf"
    REFUSE = "refuse"


@dataclass(frozen=True)
class ApprovalPolicy:
    """How decisions are taken; who and how many is ServiceNow's to say."""

    expires_after: timedelta = timedelta(hours=8)
    record: Recorded = Recorded.DEEP_LINK
    without_link: WithoutLink = WithoutLink.DEEP_LINK
    """With ``record: self-authenticated``: the way of those who have not linked their account."""
    on_behalf_accepted_by: str = ""
    """The named owner of the risk; without a name ``recorded on behalf`` is refused."""
    bind_by_email: bool = True
    """A Slack user and the one active ServiceNow user with the same e-mail are the same person."""
    unresolved_author: str = "stop"
    """stop | show: what happens when nobody can tell who wrote a commit."""
    not_asked: str = "shut"
    """shut | open: the gate of a change that ServiceNow moved on with nobody asked."""

    @property
    def may_record_on_behalf(self) -> bool:
        """Somebody's verdict may come to be written by Cabbie's account."""
        is_fallback = self.record is Recorded.SELF and self.without_link is WithoutLink.ON_BEHALF
        return self.record is Recorded.ON_BEHALF or is_fallback


@dataclass(frozen=True)
class WindowPolicy:
    """The planned window of a change asked for now."""

    starts_after: timedelta = timedelta(0)
    lasts: timedelta = timedelta(hours=4)


@dataclass(frozen=True)
class Service:
    """One thing that is deployed."""

    service: str
    channel: str
    repository: str
    configuration_item: str
    assignment_group: str
    projects: tuple[str, ...]
    """Jira project keys whose issues count as stories."""
    environments: tuple[str, ...] = ("production",)
    affected: str = ""
    """Who notices when it breaks, in words."""
    risk: Level = Level.MODERATE
    """Never judged lower than this."""
    impact: int = 2
    implementation_plan: str = "The pipeline deploys {version} to {environment}."
    test_plan: str = "The pipeline's tests passed for {version}; its smoke tests run after the deploy."
    backout_plan: str = (
        "Roll back with `/deploy {service} {last_good} to {environment}` or the pipeline's rollback job."
    )
    approval: ApprovalPolicy | None = None
    window: WindowPolicy | None = None
    owner: str = ""
    """Who looks at a failed deploy: a ServiceNow group; the assignment group when empty."""


@dataclass(frozen=True)
class Digest:
    """One audience's digest."""

    channel: str
    at: time = time(9, 0)
    time_zone: str = "UTC"
    working_days: tuple[str, ...] = ("mon", "tue", "wed", "thu", "fri")
    services: tuple[str, ...] = ()
    """Empty: all."""


@dataclass(frozen=True)
class Announcer:
    """A Slack app whose own posts announce deploys."""

    app: str
    """Its app id, or the bot id of an integration that has none: Slack vouches for both, for names it does not."""
    channels: tuple[str, ...] = ()
    """Where it is heard. Empty: wherever the policy has a service."""
    formats: tuple[str, ...] = ()
    """What it speaks, by the recognisers' names. Empty: any that is known."""
    waits_at_gate: bool = False
    """Its pipelines ask the gate themselves: "started" may be said before the gate is open, and asks for the change."""


@dataclass(frozen=True)
class Policy:
    """The whole of it, as one reviewed file."""

    services: tuple[Service, ...]
    team: str
    """The Slack workspace whose members may ask and decide."""
    announcers: tuple[Announcer | str, ...] = ()
    """Apps whose messages may announce deploys: everything about one, or its id alone."""
    formats: tuple[dict[str, Any], ...] = ()
    """The team's own recognisers, as in config/announcements.yaml; they come before those."""
    names: tuple[Name, ...] = ()
    """What the team's jobs, apps, pipelines, repositories and namespaces are called, as service and environment."""
    people: Mapping[str, str] = field(default_factory=dict)
    """What tools call people (a login, a full name) → their e-mail: a claim's, not a proof's."""
    approval: ApprovalPolicy = field(default_factory=ApprovalPolicy)
    window: WindowPolicy = field(default_factory=WindowPolicy)
    digests: tuple[Digest, ...] = ()
    managers: str = ""
    """The channel where exceptions are reported."""
    issue_deny_list: tuple[str, ...] = ()
    """Further words that look like project keys and are none."""
    change_model: str = "normal"
    fingerprint: str = ""
    """SHA-256 of the file it was read from."""

    def service(self, name: str) -> Service:
        """Raises: UnknownService, with the nearest name."""
        for service in self.services:
            if service.service == name.lower():
                return service
        raise UnknownService(name, nearest_service(name, [s.service for s in self.services]))

    def approval_of(self, service: Service) -> ApprovalPolicy:
        return service.approval or self.approval

    def window_of(self, service: Service) -> WindowPolicy:
        return service.window or self.window

    def announcer(self, app: str) -> Announcer | None:
        """Everything about an app that may announce deploys."""
        known = (one if isinstance(one, Announcer) else Announcer(one) for one in self.announcers)
        return next((announcer for announcer in known if announcer.app == app), None)

    @property
    def channels(self) -> Mapping[str, tuple[str, ...]]:
        """Channel → services announced there."""
        found: dict[str, tuple[str, ...]] = {}
        for service in self.services:
            found[service.channel] = (*found.get(service.channel, ()), service.service)
        return found


def environment_of(service: Service, name: str) -> str:
    """The environment meant by a word; none means the first. Raises: UnknownEnvironment."""
    if not name:
        return service.environments[0]
    wanted = {"prod": "production", "live": "production", "stage": "staging"}.get(name.lower(), name.lower())
    if wanted not in service.environments:
        raise UnknownEnvironment(service.service, name, " and ".join(service.environments))
    return wanted


def nearest_service(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.5)
    if near:
        return f"Did you mean “{near[0]}”?"
    return f"I know {', '.join(sorted(known)[:8])}."
