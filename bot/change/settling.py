"""What a tool's word comes to under the team's policy: which service and environment, and what is still missing."""

import re
from dataclasses import dataclass

from bot.change.errors import UnknownEnvironment
from bot.change.model import Status
from bot.change.policy import Policy, Service, environment_of
from bot.change.reading import Reading

ASKING = (Status.REQUESTED, Status.STARTED)
"""What may open a change."""
SERVICE, ENVIRONMENT, VERSION, REQUESTED_BY = "service", "environment", "version", "requested_by"
WORDS = {
    SERVICE: "which service it is",
    ENVIRONMENT: "where it goes",
    VERSION: "which version it is",
    REQUESTED_BY: "who asked for it",
}
OF_FORGES = frozenset(
    ["github webhook", "gitlab webhook", "github-app", "github-app-legacy", "gitlab", "action-slack",
     "action-slack-notify", "deployment-status-notifier", "atlantis", "slashdeploy"]
)  # fmt: skip
"""Formats that name the repository by its full name. Anybody may have one of the same name, and subscribe a channel to
what is deployed from it."""
OWNED = re.compile(r"(?:(?:https?|ssh|git)://[^/]+/|[^/@]+@[^/:]+:)(?:.*/)?([^/]+)/([^/]+)")
"""A repository's address that tells its owner: not a folder's."""
BUILD_NUMBER = re.compile(r"#?\d+")
"""A run's own number: no repository knows it."""
E_MAIL = re.compile(r"(?:[^<>\n]*<)?(?:mailto:)?([^\s<>@|]+@[^\s<>@|]+)(?:\|[^>]*)?>?")
SLACK_ID = re.compile(r"(?:<@([UW][A-Z0-9]+)(?:\|[^>]*)?>|([UW](?=[A-Z]*[0-9])[A-Z0-9]{5,}))")
"""As a mention, or bare, with a digit in it: UNKNOWN is nobody."""


@dataclass(frozen=True)
class Settled:
    """A tool's word in the policy's names. What is empty was not said, or is not known here."""

    service: Service | None = None
    environment: str = ""
    version: str = ""
    sha: str = ""
    run: str = ""
    requested_by: str = ""
    """An e-mail or a Slack id: a claim."""
    not_ours: str = ""
    """Why it is none of the policy's deploys; empty when it may be one."""

    def missing(self, status: Status) -> tuple[str, ...]:
        """What a person has to add before it can be taken. How a deploy went needs no requester and no version: there
        may be only one that it can be about."""
        lacks = {SERVICE: self.service is None, ENVIRONMENT: not self.environment}
        if status in ASKING:
            lacks |= {VERSION: not (self.version or self.sha), REQUESTED_BY: not self.requested_by}
        return tuple(name for name, is_missing in lacks.items() if is_missing)


def settle(reading: Reading, policy: Policy) -> Settled:
    """Nothing is guessed: what two services could mean is nobody's."""
    service = service_of(reading.service, policy)
    if service is not None and reading.format in OF_FORGES and _is_of_another_owner(reading.service, service):
        return Settled(not_ours=f"{service.service} is not of the repository “{reading.service}”")
    if reading.service and service is None:
        return Settled(not_ours=f"the policy has no service called “{reading.service}”")
    environment = ""
    if reading.environment and service is not None:
        try:
            environment = environment_of(service, reading.environment)
        except UnknownEnvironment:
            return Settled(not_ours=f"the policy has no {reading.environment} of {service.service}")
    is_a_run = bool(BUILD_NUMBER.fullmatch(reading.version))
    version = "" if is_a_run else reading.version
    sha = "" if reading.is_gitops else reading.sha
    return Settled(
        service=service,
        environment=environment,
        # A branch is a version while nothing better is told: git says which commit it is at this moment.
        version=version or ("" if sha or reading.is_gitops else reading.ref),
        sha=sha.lower(),
        run=reading.version if is_a_run else "",
        requested_by=person_meant(reading.actor, policy),
    )


def listed(missing: tuple[str, ...]) -> str:
    """In words, for a sentence.

    >>> listed(("service", "version", "requested_by"))
    'which service it is, which version it is and who asked for it'
    """
    words = [WORDS[name] for name in missing]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def service_of(said: str, policy: Policy) -> Service | None:
    """By its own name, by its repository's full name, by the last part of that; None unless it is exactly one."""
    wanted = said.strip().strip("/").lower().removesuffix(".git")
    if not wanted:
        return None
    last = wanted.rpartition("/")[2]
    for means in (
        lambda service: service.service == wanted,
        lambda service: "/" in wanted and _repository(service).endswith("/" + wanted),
        lambda service: service.service == last,
        lambda service: _repository(service).rpartition("/")[2] == last,
    ):
        found = [service for service in policy.services if means(service)]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def person_meant(actor: str, policy: Policy) -> str:
    """Whom a tool's name for somebody means: an e-mail or a Slack id; empty when nobody can tell."""
    said = actor.strip()
    known = {name.casefold(): email for name, email in policy.people.items()}
    if email := known.get(said.removeprefix("@").casefold()):
        return email
    if found := SLACK_ID.fullmatch(said):
        return found[1] or found[2]
    found = E_MAIL.fullmatch(said)
    return found[1] if found else ""


def _is_of_another_owner(said: str, service: Service) -> bool:
    """Both tell whose the repository is, and it is not the same."""
    wanted = said.strip().lower().rstrip("/").removesuffix(".git").split("/")[-2:]
    known = OWNED.fullmatch(service.repository.lower().rstrip("/").removesuffix(".git"))
    return len(wanted) == 2 and known is not None and known[2] == wanted[1] and known[1] != wanted[0]


def _repository(service: Service) -> str:
    """As a path: ``git@github.com:acme/payments.git`` and ``https://…/acme/payments`` end alike."""
    return "/" + service.repository.lower().rstrip("/").removesuffix(".git").replace(":", "/").lstrip("/")
