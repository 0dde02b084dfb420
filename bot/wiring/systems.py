"""The systems outside, as the settings name them; every call is timed."""

import os
from typing import IO

from pydantic import SecretStr

from bot.accounts import CALLBACK
from bot.change.policy import Policy
from bot.metrics import measured
from bot.ports import Anchor, ApprovalRecords, ChangeRecords, Head, History, Tracker
from bot.rehearsal import machine_time
from config.settings import Settings
from integrations.anchor import anchor_at
from integrations.anchor.lines import heads_in
from integrations.git.client import GitHistory
from integrations.jira.client import JiraTracker
from integrations.servicenow.client import ServiceNowApprovals, ServiceNowChanges
from integrations.servicenow.own_accounts import ServiceNowOwnAccounts
from integrations.slack.client import SlackMessenger


def slack(settings: Settings, policy: Policy) -> SlackMessenger:
    """Not yet timed: whoever shows a form takes its web client as it is."""
    return SlackMessenger(
        token=word(settings.slack_bot_token),
        base_url=settings.slack_api_url,
        team=policy.team,
        clock=machine_time,
        pace=settings.cabbie_pace,
    )


def changes(settings: Settings, policy: Policy) -> ChangeRecords:
    """As the account that opens and moves changes."""
    account = ServiceNowChanges(
        settings.servicenow_url,
        client_id=settings.servicenow_client_id,
        client_secret=word(settings.servicenow_client_secret),
        user=settings.servicenow_user,
        password=word(settings.servicenow_password),
        model=policy.change_model,
    )
    return measured(account, "ServiceNow")


def approvals(settings: Settings) -> ApprovalRecords | None:
    """As the account that records verdicts; None: there is none."""
    if not settings.has_approval_account:
        return None
    account = ServiceNowApprovals(
        settings.servicenow_url,
        client_id=settings.servicenow_approval_client_id,
        client_secret=word(settings.servicenow_approval_client_secret),
        user=settings.servicenow_approval_user,
        password=word(settings.servicenow_approval_password),
    )
    return measured(account, "ServiceNow")


def own_accounts(settings: Settings) -> ServiceNowOwnAccounts:
    """As the application that acts for people."""
    accounts = ServiceNowOwnAccounts(
        settings.servicenow_url,
        client_id=settings.servicenow_user_client_id,
        client_secret=word(settings.servicenow_user_client_secret),
        redirect_url=f"{settings.cabbie_public_url}{CALLBACK}",
    )
    return measured(accounts, "ServiceNow")


def tracker(settings: Settings, policy: Policy) -> Tracker:
    jira = JiraTracker(
        settings.jira_url,
        email=settings.jira_email,
        api_token=word(settings.jira_api_token),
        token=word(settings.jira_token),
        projects=sorted({project for service in policy.services for project in service.projects}),
        pace=settings.cabbie_pace,
    )
    return measured(jira, "Jira")


def history(settings: Settings) -> History:
    return measured(GitHistory(settings.cabbie_repositories), "git")


def anchor(settings: Settings) -> Anchor | None:
    """None: the ledger's head is kept nowhere else."""
    if not settings.cabbie_anchor:
        return None
    token = word(settings.cabbie_anchor_token)
    return measured(anchor_at(settings.cabbie_anchor, token=token, ledger=settings.cabbie_ledger_name), "anchor")


def anchored_heads(exported: IO[str] | None) -> tuple[Head, ...]:
    """What others kept of this ledger: from lines exported from a sink, else from CABBIE_ANCHOR itself.

    Raises: BadAnchor, Failure."""
    name = os.environ.get("CABBIE_LEDGER_NAME", Settings.model_fields["cabbie_ledger_name"].default)
    if exported is not None:
        return tuple(heads_in(exported, name))
    return tuple(anchor_at(os.environ.get("CABBIE_ANCHOR", ""), ledger=name).heads())


def word(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""
