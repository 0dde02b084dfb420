"""The small lines below a card: what is missing, what is being checked, what keeps it from going on."""

from bot.change.approval import is_anybody_behind, is_cab_skipped
from bot.change.model import Change, Found, Release
from bot.slack import times
from bot.slack.blocks import link
from bot.slack.stories import keys
from bot.slack.text import said
from bot.slack.words import NOUNS

MOST_CLAIMS = 3
MOST_FINDINGS = 2


def remarks(change: Change) -> list[str]:
    """Most pressing first."""
    if change.is_over:
        return [*_how_it_ended(change), *_not_asked(change), *_brings(change)]
    return [
        *_how_it_ended(change),
        *_stopped(change),
        *_checking(change),
        *(f"⚠️ {said(finding.sentence)}" for finding in change.findings[:MOST_FINDINGS]),
        *_not_asked(change),
        *_brings(change),
        *_unresolved(change),
        *_warnings(change.release),
        *_expiry(change),
    ]


def _how_it_ended(change: Change) -> list[str]:
    if change.outcome is None:
        return []
    by = said(change.outcome_by.name, 80) if change.outcome_by else ""
    source = said(change.outcome_source, 60)
    why = said(change.outcome_why, 300)
    at = times.moment(change.finished_at) if change.finished_at else ""
    told = " · ".join(part for part in (by, source, at, why) if part)
    return [f"Outcome from {told}"] if by or source else [told] if told else []


def _not_asked(change: Change) -> list[str]:
    """Whose word it does not have, and which rule let it through all the same."""
    if not is_cab_skipped(change):
        return []
    risk = f" (risk {change.plan.risk.level})" if change.plan else ""
    if is_anybody_behind(change):
        return [f"The CAB was not asked: ServiceNow's approval policy skipped it{risk}"]
    let_go = ", and Cabbie's policy lets it go: `approval.not_asked: open`" if change.cleared_until else ""
    if change.decisions:
        return [f"ServiceNow passed it on{risk}, though nobody who may approve it did"]
    return [f"Nobody was asked: ServiceNow's approval policy skipped everybody{risk}{let_go}"]


def _stopped(change: Change) -> list[str]:
    lines = [f"⛔ {said(change.stopped_because, 300)}"] if change.stopped_because else []
    return [*lines, f"⏱️ {said(change.trouble, 300)}"] if change.trouble else lines


def _checking(change: Change) -> list[str]:
    lines = [
        f"⏳ Checking {said(claim.by.name or 'somebody', 80)}'s {NOUNS[claim.verdict]}…"
        for claim in change.claims[:MOST_CLAIMS]
    ]
    more = len(change.claims) - MOST_CLAIMS
    return [*lines, f"⏳ and {more} more"] if more > 0 else lines


def _brings(change: Change) -> list[str]:
    release = change.release
    if release is None:
        return []
    parts = [_commits(release)]
    if release.commits_without_story_count:
        parts.append(f"{release.commits_without_story_count} without a story")
    if change.url:
        parts.append(link(change.url, "pipeline run"))
    return [" · ".join(parts)]


def _commits(release: Release) -> str:
    count = "1 commit" if release.commits == 1 else f"{release.commits} commits"
    since = said(release.base_version or release.base_sha[:10], 60)
    return f"{count} since {since} ({said(release.base_source, 60)})" if since else count


def _unresolved(change: Change) -> list[str]:
    if change.hands is None or not change.hands.unresolved:
        return []
    return [f"⚠️ Four eyes not proven: nobody can tell who {said(', '.join(change.hands.unresolved), 150)} is"]


def _warnings(release: Release | None) -> list[str]:
    if release is None:
        return []
    lines = []
    if not (release.base_sha or release.base_version):
        lines.append("⚠️ No earlier version is known: everything ever committed counts, and there is none to go back to")
    if missing := keys(release.stories, Found.MISSING):
        lines.append(f"⚠️ Not found in Jira, or hidden from Cabbie: {missing}")
    if release.reverted_keys:
        lines.append(f"Reverted again, so not part of it: {said(', '.join(release.reverted_keys), 120)}")
    return lines


def _expiry(change: Change) -> list[str]:
    if change.expires_at is None or not change.is_waiting_for_approval:
        return []
    return [f"Expires {times.moment(change.expires_at)} ({times.utc(change.expires_at)}) if nobody decides"]
