"""The systems' own questions: each port knows how to ask whether it can do what it has to."""

from collections.abc import Iterable, Iterator

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from bot.change.policy import Policy
from bot.doctor.questions import GOOD, WARNING, WRONG, Question
from bot.ledger.migrate import VERSION_TABLE, configuration
from bot.ports import Check
from bot.story.tools import Tools


def questions_of_systems(tools: Tools, policy: Policy) -> Iterator[Question]:
    yield Question("database schema", lambda: _schema(tools.ledger.database), "run `cabbie migrate`")
    yield Question("ServiceNow, change account", tools.records.check, "check SERVICENOW_URL and its credentials")
    if tools.approvals is not None:
        yield Question(
            "ServiceNow, approval account",
            tools.approvals.check,
            "check SERVICENOW_URL and the credentials that begin with SERVICENOW_APPROVAL_",
        )
    if tools.own is not None:
        yield Question(
            "ServiceNow, OAuth application for people",
            tools.own.check,
            "check SERVICENOW_URL and the credentials that begin with SERVICENOW_USER_",
        )
    yield Question("ledger's anchor", lambda: [_anchor(tools)], "check CABBIE_ANCHOR")
    yield Question("Jira", tools.tracker.check, "check JIRA_URL and its credentials")
    yield Question("Slack", lambda: tools.room.check(channels_of(policy)), "check SLACK_BOT_TOKEN and SLACK_API_URL")
    for repository in sorted({service.repository for service in policy.services}):
        yield _of_repository(tools, repository)


def channels_of(policy: Policy) -> tuple[str, ...]:
    """Every channel that the policy has something said in."""
    named = {*policy.channels, *(digest.channel for digest in policy.digests), policy.managers}
    return tuple(sorted(named - {""}))


def _of_repository(tools: Tools, repository: str) -> Question:
    return Question(
        f"git {repository}",
        lambda: [tools.history.check(repository)],
        f"clone it, bare and with all its history, to {repository} below the folder of the repositories",
    )


def _anchor(tools: Tools) -> Check:
    """Whether the head of the chain is where it should be outside; it is left there now if it is not."""
    about = "ledger's anchor"
    if tools.anchor is None:
        found = "nobody outside holds the ledger's head: a rewrite of the whole chain would not be seen"
        return Check(about, WARNING, found, "set CABBIE_ANCHOR to a sink or a volume that only grows")
    with tools.ledger.reading() as tx:
        tools.anchor.leave(tx.head())
    return Check(about, GOOD, "the ledger's head was left there just now")


def _schema(database: Engine) -> Iterable[Check]:
    """Whether the tables are this version's."""
    with database.connect() as connection:
        wanted = set(ScriptDirectory.from_config(configuration(connection)).get_heads())
        found = set(MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_heads())
    if found == wanted:
        return [Check("database schema", GOOD, f"it is this version's ({', '.join(sorted(found))})")]
    there = ", ".join(sorted(found)) or "nothing"
    fix = "run `cabbie migrate` with this version, or install the version that migrated it"
    return [Check("database schema", WRONG, f"it is {there}, this version wants {', '.join(sorted(wanted))}", fix)]
