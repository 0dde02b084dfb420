"""The request for change: complete, made from what git, Jira and the policy say, nothing typed twice."""

from dataclasses import replace
from datetime import datetime

from bot.change.fingerprint import content_fingerprint
from bot.change.model import Change, Found, Kind, Plan, Release, Story, Window
from bot.change.policy import Service
from bot.change.risk import assess

MOST_STORIES = 60
"""ServiceNow's text fields hold 4000 characters."""


def plan_of(change: Change, release: Release, service: Service, window: Window) -> Plan:
    """What ServiceNow is told and the approvers are shown, with its fingerprint."""
    risk = assess(service, release, change.kind, window.start)
    words = _words(change, release)
    plan = Plan(
        short_description=change.title,
        description=_description(change, release, service),
        justification=justification(change, release),
        affected=service.affected or f"Users of {service.service}.",
        implementation=service.implementation_plan.format_map(words),
        test=service.test_plan.format_map(words),
        backout=_backout(change, release, service, words),
        risk=risk,
        risk_impact=f"Risk {risk.level}: {'; '.join(risk.reasons)}. Affected: {service.affected or service.service}",
        impact=service.impact,
        window=window,
        configuration_item=service.configuration_item,
        assignment_group=service.assignment_group,
    )
    return replace(plan, fingerprint=content_fingerprint(change, release, plan))


def justification(change: Change, release: Release) -> str:
    """Why: what the person said, then the stories, defects and incidents that the commits name."""
    parts = [change.why] if change.why else []
    for title, stories in _by_kind(release.stories):
        parts.append(f"{title}:\n" + "\n".join(f"- {line_of(story)}" for story in stories[:MOST_STORIES]))
        if len(stories) > MOST_STORIES:
            parts.append(f"and {len(stories) - MOST_STORIES} more.")
    if count := release.commits_without_story_count:
        parts.append("1 commit names no story." if count == 1 else f"{count} commits name no story.")
    return "\n\n".join(parts) or "No reason was given and no commit names a story."


def line_of(story: Story) -> str:
    """A story in one line; what may not be shown is named by its key alone."""
    if story.found is Found.READ:
        return f"{story.key} {story.summary}"
    if story.found is Found.MOVED:
        return f"{story.key} {story.summary} (was {story.named_as})"
    return f"{story.named_as or story.key} ({story.found})"


def _by_kind(stories: tuple[Story, ...]) -> list[tuple[str, list[Story]]]:
    kinds = [
        ("Incidents", [s for s in stories if s.is_incident]),
        ("Defects", [s for s in stories if s.is_defect and not s.is_incident]),
        ("Stories", [s for s in stories if not s.is_defect and not s.is_incident]),
    ]
    return [(title, found) for title, found in kinds if found]


def _description(change: Change, release: Release, service: Service) -> str:
    lines = [
        f"{change.title}.",
        f"Commit: {release.sha}",
        f"Last good version: {release.base_version or 'none known'}"
        + (f" ({release.base_source})" if release.base_source else ""),
        f"Commits: {release.commits}, of which {release.commits_without_story_count} without a story",
        f"Who is affected: {service.affected or service.service}",
    ]
    if release.reverted_keys:
        lines.append(f"Reverted, so not delivered: {', '.join(release.reverted_keys)}")
    if change.url:
        lines.append(f"Pipeline: {change.url}")
    return "\n".join(lines)


def _backout(change: Change, release: Release, service: Service, words: dict[str, str]) -> str:
    if change.kind is Kind.ROLLBACK:
        return f"Deploy {release.base_version or 'the version that ran before'} again."
    if not release.base_version:
        return "No last good version is known to Cabbie: the pipeline's own rollback is the only way back."
    return f"Last good version: {release.base_version}. " + service.backout_plan.format_map(words)


def _words(change: Change, release: Release) -> dict[str, str]:
    return {
        "service": change.service,
        "version": change.version,
        "environment": change.environment,
        "last_good": release.base_version or "the last good version",
        "sha": release.sha,
    }


def is_empty(change: Change, release: Release) -> bool:
    """Nothing new and no reason given to deploy it all the same."""
    return release.commits == 0 and not change.why and change.kind is Kind.DEPLOY


def decided_by(now: datetime, change: Change) -> bool:
    """The time to decide is over."""
    return change.expires_at is not None and now >= change.expires_at
