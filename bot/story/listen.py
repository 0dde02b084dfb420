"""Listen: what does this version bring? From git, the announcement and Jira; nothing outside is changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from bot.change.announcement import names_of, word_of
from bot.change.errors import NoShaFound, Refusal
from bot.change.fingerprint import change_key
from bot.change.issues import deliveries
from bot.change.model import Change, Commit, Hands, Kind, Plan, Progress, Release, Want
from bot.change.policy import Service
from bot.change.rfc import is_empty, plan_of
from bot.change.window import expiry, planned_window
from bot.ledger.ledger import Overtaken, Transaction
from bot.ports import NotThere
from bot.story.people import hands_of
from bot.story.tools import Move, Tools

MOST_SHOWN = 20
FULL_SHA = (40, 64)
"""Characters of a whole SHA-1 and SHA-256."""


class NothingNew(Refusal):
    sentence = (
        "{} {} brings nothing new to {}: it already runs {}. "
        "To deploy it all the same, say why: `/deploy {} {} because …`."
    )


@dataclass(frozen=True)
class Found:
    """What listening came to."""

    release: Release
    plan: Plan
    hands: Hands


@dataclass(frozen=True)
class Base:
    """What ran before, and who says so."""

    sha: str = ""
    version: str = ""
    source: str = ""


def _is_due(_: Tools, change: Change, __: datetime) -> bool:
    return change.progress is Progress.LISTENING and not change.key and change.want is Want.DEPLOY


def listen(tools: Tools, change: Change) -> None:
    """Set the change's key, release and plan; or find out that somebody else's change already does it."""
    service = tools.service(change)
    release, hands = _release(tools, change, service)
    if is_empty(change, release):
        raise NothingNew(
            change.service, change.version, change.environment, release.base_version, change.service, change.version
        )
    window = planned_window(change.requested_at, tools.policy().window_of(service))
    found = Found(release, plan_of(change, release, service, window), hands)
    expires_at = expiry(change.requested_at, window, tools.approval(change))
    try:
        with tools.ledger.begin() as tx:
            _write(tx, change, found, expires_at)
    except IntegrityError:
        raise Overtaken(change.id) from None  # the key was taken this very moment: look again, and become its alias


def _release(tools: Tools, change: Change, service: Service) -> tuple[Release, Hands]:
    """What it brings, and whose hands were on it. Jira is read while ServiceNow tells who the authors are."""
    sha = _sha(tools, change, service)
    base = _base(tools, change, service, sha)
    commits = _commits(tools, change, service, base, sha)
    heard = deliveries(commits, service.projects, tools.policy().issue_deny_list)
    reading = tools.hands.submit(tools.tracker.read, heard.keys) if heard.keys else None
    authors = _authors(commits)
    hands = hands_of(tools, change, authors)
    orphans = heard.commits_without_story
    release = Release(
        sha=sha,
        base_sha=base.sha,
        base_version=base.version,
        base_source=base.source,
        commits=len(commits),
        stories=reading.result() if reading else (),
        commits_without_story=tuple(commit.subject[:200] for commit in orphans[:MOST_SHOWN]),
        commits_without_story_count=len(orphans),
        reverted_keys=heard.reverted_keys,
        authors=authors,
    )
    return release, hands


def _write(tx: Transaction, change: Change, found: Found, expires_at: datetime) -> None:
    """The key is set here, before anything exists outside. Raises: IntegrityError when another has just taken it."""
    release, sha = found.release, found.release.sha
    place = {"service": change.service, "environment": change.environment, "kind": change.kind}
    before = tx.last_attempt(change.service, change.environment, change.kind, sha)
    attempt = max(before, change.attempt - 1)  # asked anew for another sha is the next attempt too
    other = tx.change_keyed(change_key(**place, sha=sha, attempt=attempt)) if attempt else None
    if other and other.outcome is None and other.progress is not Progress.DONE:
        _become_alias(tx, change, other)
        return
    tx.update(
        change,
        key=change_key(**place, sha=sha, attempt=attempt + 1),
        attempt=attempt + 1,
        release=release,
        plan=found.plan,
        hands=found.hands,
        progress=Progress.OPENING,
        expires_at=expires_at,
    )
    for alias in names_of(sha=sha):
        tx.name(change.id, **place, alias=alias)
    tx.enter(
        "listened",
        change_id=change.id,
        sha=sha,
        base=release.base_sha,
        stories=[story.key for story in release.stories],
        commits=release.commits,
        without_story=release.commits_without_story_count,
        fingerprint=found.plan.fingerprint,
        sentence=f"{len(release.stories)} stories in {release.commits} commits since {release.base_version or 'ever'}",
    )


def _sha(tools: Tools, change: Change, service: Service) -> str:
    wanted = change.announced_sha or change.version
    if change.announced_commits and change.announced_sha:
        named = {commit.sha for commit in change.announced_commits if commit.sha.startswith(wanted)}
        if len(wanted) in FULL_SHA:
            return wanted
        if len(named) == 1 and len(full := named.pop()) in FULL_SHA:
            return full  # one deploy has one key, however its sha is abbreviated
    try:
        return tools.history.resolve(service.repository, wanted)
    except NotThere as missing:
        raise NoShaFound(wanted, change.service, missing.what) from None


def _base(tools: Tools, change: Change, service: Service, sha: str) -> Base:
    with tools.ledger.reading() as tx:
        good = tx.last_good(change.service, change.environment)
    if good:
        return Base(good.sha, good.version, f"last successful deploy, {good.number}")
    if change.announced_commits:
        return Base()
    tag, tagged = tools.history.tag_before(service.repository, sha)
    return Base(tagged, tag, "the tag before it; Cabbie has seen no deploy yet") if tag else Base()


def _commits(tools: Tools, change: Change, service: Service, base: Base, sha: str) -> Sequence[Commit]:
    if change.announced_commits:
        return change.announced_commits
    if change.kind is Kind.ROLLBACK and base.sha:
        taken_back = tools.history.commits(service.repository, sha, base.sha)
        # Whatever it is called: who wrote what it brings may not approve it.
        return (*taken_back, *tools.history.commits(service.repository, base.sha, sha))
    try:
        return tools.history.commits(service.repository, base.sha, sha)
    except NotThere as missing:
        raise NoShaFound(base.version or base.sha, change.service, missing.what) from None


def _authors(commits: Sequence[Commit]) -> tuple[str, ...]:
    """Their e-mails; where a commit tells none, whatever it tells of its author: nobody is to be missed."""
    found = (word for c in commits for word in (c.author_email or _nameless(c), *c.co_author_emails) if word)
    return tuple(dict.fromkeys(word.lower() if "@" in word else word for word in found))


def _nameless(commit: Commit) -> str:
    return commit.author_name.replace("@", " ").strip() or f"the author of {commit.sha[:10]}"


def _become_alias(tx: Transaction, change: Change, other: Change) -> None:
    """The same deploy was asked for already: this request is another name of that one."""
    tx.update(
        change,
        alias_of=other.number or other.id,
        progress=Progress.DONE,
        stopped_because=f"{other.title} is already under way as {other.number or 'a change'}",
    )
    for alias in names_of(change.version, change.announced_sha):
        tx.name(other.id, service=other.service, environment=other.environment, kind=other.kind, alias=alias)
    tx.enter("alias", change_id=other.id, sentence=f"Asked for again as {change.version}", actor=change.requested_by.id)
    for source, status, who in tx.hand_over(change.id, to=other.id):
        sentence = word_of(source, change.kind, status, tx.people({who}).get(who))
        tx.enter("heard", change_id=other.id, actor=who or change.requested_by.id, source=source, sentence=sentence)


LISTEN = Move("listen", _is_due, listen)
