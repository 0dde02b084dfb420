"""What a recogniser is made of: plain data, as it stands in config/announcements.yaml and in a team's policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.change.model import Kind, Status
from bot.change.reading import Name


@dataclass(frozen=True)
class Rule:
    """A shape that one line of a message may have, and what a line of that shape says."""

    where: str
    """Where the line stands: ``text``, ``header``, ``field Status``, ``any``, …; several with `` | `` between."""
    line: str
    """RE2, matching the whole line; its named groups are what the line says."""
    status: Status | None = None
    """What such a line says by itself. Failures are tried first, whatever the order in the file."""
    kind: Kind | None = None
    word: str = ""
    """The tool's own word, where it says more than the status."""


@dataclass(frozen=True)
class Format:
    """How one tool announces deploys."""

    format: str
    signature: tuple[Rule, ...]
    """All of them have to be there: what tells this format from all others. They say things, too."""
    read: tuple[Rule, ...] = ()
    """What else may be there."""
    unless: tuple[Rule, ...] = ()
    """None of them may be there."""
    tool: str = ""
    source: str = ""
    """What it was written from."""
    apps: tuple[str, ...] = ()
    """Slack apps that speak this format and, but for others that name them, no other."""
    words: Mapping[Status, tuple[str, ...]] = field(default_factory=dict)
    """The tool's status words (group ``word``), before the common ones."""
    loose: bool = False
    """Its signature is no tool's own: it is not asked where a tool's own format has read the message as no deploy."""
    gitops: bool = False
    """The sha is of the configuration's repository, not of the application's."""


@dataclass(frozen=True)
class Words:
    """What single words mean, whoever says them."""

    statuses: Mapping[Status, tuple[str, ...]]
    telling: tuple[str, ...] = ()
    """Words kept as the reason: they say more than the status does."""
    nobody: tuple[str, ...] = ()
    """What stands where a person's name would, and is no person."""
    not_deploys: tuple[str, ...] = ()
    """A job with one of these words in its name is no deploy."""


@dataclass(frozen=True)
class Announcements:
    """All of config/announcements.yaml: the formats, and what names and words mean."""

    formats: tuple[Format, ...]
    words: Words
    jobs: tuple[Name, ...] = ()
    """Names of jobs, pipelines and workflows that are deploys; any other is none."""
    apps: tuple[Name, ...] = ()
    """Names of applications and workloads, which are deploys anyhow."""
