"""The words by which an unknown tool's message is told to be about a deploy, and how it went."""

from bot.change.model import Status


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


WAITING = _words(
    """approval approvals approve approver awaiting waiting wait hold judgment judgement review scheduled plan planned
    dry dry-run noop no-op preview reminder freeze frozen freezes"""
)
"""A message with one of these words announces no deploy yet."""
NOT_A_DEPLOY = _words("build builds test tests testing lint coverage backup backups health alert")
NEGATED = _words("not never no without cannot can't didn't isn't wasn't won't unable")
"""A line with one of either is about something else."""
DOING = _words("deploying releasing promoting shipping rolling-out")
DONE = _words("deployed released promoted shipped rolled-out")
SUBJECT = _words("deploy deploys deployment deployments release rollout promotion")
BACK = _words("rollback roll-back rolled-back rolling-back reverted reverting")
STATUSES: tuple[tuple[Status, frozenset[str]], ...] = (
    (Status.FAILED, _words("failed failure fail fails failing error errored aborted broken unsuccessful")),
    (Status.CANCELED, _words("canceled cancelled superseded skipped")),
    (Status.SUCCEEDED, _words("succeeded success successful successfully complete completed finished done")),
    (Status.STARTED, _words("started starting begun beginning running in-progress")),
    (Status.REQUESTED, _words("requested queued")),
)
"""Failure words before all others."""
