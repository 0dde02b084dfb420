"""What another tool's message or webhook says of a deploy, before anybody asks the policy about it."""

from dataclasses import dataclass

from bot.change.model import Kind, Status


@dataclass(frozen=True)
class Reading:
    """One tool's word on one deploy. What is empty was not said."""

    format: str
    """The recogniser's name, as in config/announcements.yaml, or "github webhook"."""
    status: Status
    kind: Kind = Kind.DEPLOY
    service: str = ""
    """As posted, or by a naming rule: "acme/checkout", "checkout"."""
    environment: str = ""
    """As posted, or by a naming rule."""
    version: str = ""
    ref: str = ""
    sha: str = ""
    """As posted; full when the target of its link tells the rest."""
    actor: str = ""
    """As posted; a claim."""
    word: str = ""
    """The tool's own status word where it says more than the status: "aborted", "unstable", "superseded"."""
    url: str = ""
    """Of the run."""
    issue_keys: tuple[str, ...] = ()
    previous_version: str = ""
    is_gitops: bool = False
    """The sha, if any, is of the configuration's repository, not of the application's."""


@dataclass(frozen=True)
class Name:
    """Turns the name of a job, an app, a pipeline or a namespace into service and environment."""

    pattern: str
    """RE2, with the groups ``service`` and ``environment`` where the name holds them."""
    service: str = ""
    """Fixed; it wins over the group."""
    environment: str = ""
