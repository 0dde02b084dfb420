"""What the lines of a known format say, put together: one status, full shas, names read by their rules."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.change.issues import Grammar
from bot.change.model import Kind, Status
from bot.change.reading import Reading
from bot.reading.compiled import Reader, Ready, Shape
from bot.reading.named import renamed
from bot.reading.naming import NameSays, read_app, read_job
from bot.reading.sheet import Sheet
from bot.reading.vocabulary import gravest

IDENTIFYING = ("service", "environment", "version", "previous_version", "ref", "sha")
LONGEST = {"url": 2000, "actor": 300}
LONGEST_OTHER = 200
SHA = re.compile(r"[0-9a-f]{7,64}")
VERSION = re.compile(r"v?[0-9]+(?:\.[0-9]+)+[\w.+-]*|v[0-9]+")
FULL_SHA = re.compile(r"(?<![0-9a-f])(?:[0-9a-f]{40}|[0-9a-f]{64})(?![0-9a-f])", re.IGNORECASE)
HIDDEN = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")
"""Unicode's control, format (directions among them), private and separator characters: a name has none."""
ISSUES = Grammar(())


class NotRead(Exception):
    """It is this format's message, and says no deploy: why."""


@dataclass
class Said:
    """What the lines said, before it is put together."""

    words: dict[str, str] = field(default_factory=dict)
    jobs: list[str] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    telling: str = ""
    unknown: str = ""
    kind: Kind | None = None


def assemble(ready: Ready, sheet: Sheet, reader: Reader) -> Reading:
    """Raises: NotRead."""
    said = _listen(ready, sheet)
    status = gravest(said.statuses)
    if status is None or (said.unknown and status is Status.SUCCEEDED):
        raise NotRead(f"the word “{said.unknown}” is no status." if said.unknown else "it says no status.")
    name = _name(said, reader)
    facts = _facts(said, name, sheet)
    if ready.vocabulary.is_nobody(facts["actor"]):
        facts["actor"] = ""
    reading = Reading(
        format=ready.format.format,
        status=status,
        kind=said.kind or name.kind,
        word=said.telling,
        issue_keys=issue_keys_in(sheet),
        is_gitops=ready.format.gitops,
        **facts,
    )
    return renamed(reader, reading)


def _listen(ready: Ready, sheet: Sheet) -> Said:
    said = Said()
    for shape in ready.shapes:
        if shape.rule.status and said.statuses:
            continue  # graver ones were tried before
        groups = shape.find(sheet)
        if groups is not None:
            _take(said, shape, groups, ready)
    return said


def _take(said: Said, shape: Shape, groups: dict[str, str], ready: Ready) -> None:
    rule = shape.rule
    if rule.status:
        said.statuses.append(rule.status)
    if word := groups.pop("word", ""):
        status = ready.vocabulary.status_of(word)
        said.statuses += [status] if status else []
        said.unknown = said.unknown if status else word[:60]
        said.telling = said.telling or (ready.vocabulary.telling(word) if status else "")
    if job := groups.pop("job", ""):
        said.jobs.append(job)
    said.kind = said.kind or rule.kind
    said.telling = rule.word or said.telling
    for name, value in groups.items():
        said.words.setdefault(name, value.strip())


def _name(said: Said, reader: Reader) -> NameSays:
    """What the names of apps and jobs say. Raises: NotRead when there are jobs, and none is a deploy's."""
    app = said.words.get("app", "")
    says = [read_app(app, reader.apps)] if app else []
    for job in said.jobs:
        if deploy := read_job(job, reader.jobs, reader.vocabulary.not_deploys):
            says.append(deploy)
    if said.jobs and len(says) == bool(app):
        raise NotRead(f"“{said.jobs[0][:80]}” is no deploy by any naming rule.")
    return NameSays(
        service=next((name.service for name in says if name.service), ""),
        environment=next((name.environment for name in says if name.environment), ""),
        kind=Kind.ROLLBACK if any(name.kind is Kind.ROLLBACK for name in says) else Kind.DEPLOY,
    )


def _facts(said: Said, name: NameSays, sheet: Sheet) -> dict[str, str]:
    """Raises: NotRead."""
    words = said.words
    ref, tag = _ref(words.get("ref", ""), words.get("tag", ""))
    service, version, sha = words.get("service", ""), words.get("version", "") or tag, words.get("sha", "").lower()
    if not version and (VERSION.fullmatch(service) or _is_sha(service)):  # "Deployed v2.4.1 to production"
        service, version = "", service
    if not sha and _is_sha(version):
        version, sha = "", version.lower()
    facts = {
        "service": service or name.service,
        "environment": words.get("environment", "") or name.environment,
        "version": version,
        "previous_version": words.get("previous_version", ""),
        "ref": ref,
        "sha": full_sha(sha, sheet),
        "actor": words.get("actor", "").removeprefix("@"),
        "url": words.get("url", ""),
    }
    for fact, value in facts.items():
        if problem := _problem(fact, value):
            raise NotRead(f"its {fact.replace('_', ' ')} {problem}.")
    return facts


def _ref(ref: str, tag: str) -> tuple[str, str]:
    """A tag is a ref, and the version."""
    if ref.startswith("refs/tags/"):
        tag = tag or ref.removeprefix("refs/tags/")
    return (tag or ref.removeprefix("refs/heads/")), tag


def _is_sha(version: str) -> bool:
    """A version that is a commit's hash: letters and digits, or it may be a date or a number."""
    word = version.lower()
    return bool(SHA.fullmatch(word)) and not word.isdigit() and not word.isalpha()


def _problem(fact: str, value: str) -> str:
    if len(value) > LONGEST.get(fact, LONGEST_OTHER):
        return f"is longer than {LONGEST.get(fact, LONGEST_OTHER)} characters"
    if fact in IDENTIFYING and not value.isascii() and any(unicodedata.category(c) in HIDDEN for c in value):
        return "has characters in it that nobody sees"
    if fact == "url" and value and not value.startswith(("http://", "https://")):
        return "is no web address"
    return ""


def full_sha(sha: str, sheet: Sheet) -> str:
    """A short sha completed from the links beside it, when they know one commit of that beginning."""
    if not sha or len(sha) >= 40:
        return sha
    found = {whole for whole in _shas_in_links(sheet) if whole.startswith(sha)}
    return found.pop() if len(found) == 1 else sha


def _shas_in_links(sheet: Sheet) -> Iterator[str]:
    for line in sheet.lines:
        if line.place == "link":
            yield from (whole.lower() for whole in FULL_SHA.findall(line.text.partition(" ")[0]))


def issue_keys_in(sheet: Sheet) -> tuple[str, ...]:
    """Whatever looks like an issue key; which projects count is for policy to say."""
    return ISSUES.keys_in("\n".join(line.text for line in sheet.lines if line.place != "link"))
