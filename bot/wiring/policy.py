"""The policy in force: read at the start and whenever it is told to, if it is valid."""

from dataclasses import replace

import structlog

from bot.change.model import Recorded
from bot.change.policy import ApprovalPolicy, Policy, WithoutLink
from bot.ledger.ledger import Ledger
from config.policy import BadPolicy, check_own_accounts, read_policy
from config.settings import Settings

log = structlog.get_logger("cabbie")


class CurrentPolicy:
    """The policy in force. A reload that is not valid changes nothing and is said aloud."""

    def __init__(self, settings: Settings, ledger: Ledger | None = None) -> None:
        self._settings = settings
        self._ledger = ledger
        self._policy = self._read()

    def __call__(self) -> Policy:
        return self._policy

    def reload(self) -> None:
        try:
            self._policy = self._read()
        except BadPolicy as bad:
            log.error("policy.not_loaded", wrong=bad.wrong, kept=self._policy.fingerprint)
            if self._ledger:
                with self._ledger.begin() as tx:
                    tx.find_out(
                        "policy not valid", f"The policy on disk is not valid: {bad.wrong[0]}", once=f"policy:{tx.now}"
                    )
            return
        self.note()

    def note(self) -> None:
        """Each load is an entry: which rules were in force when."""
        log.info("policy.loaded", fingerprint=self._policy.fingerprint, services=len(self._policy.services))
        if self._ledger:
            with self._ledger.begin() as tx:
                tx.enter(
                    "policy",
                    fingerprint=self._policy.fingerprint,
                    sentence=f"Policy {self._policy.fingerprint[:12]} is in force",
                )

    def _read(self) -> Policy:
        policy = read_policy(self._settings.cabbie_policy)
        check_own_accounts(policy, self._settings.missing_for_own_accounts)
        if self._settings.has_approval_account:
            return policy
        services = tuple(
            replace(service, approval=_without_account(service.approval) if service.approval else None)
            for service in policy.services
        )
        return replace(policy, approval=_without_account(policy.approval), services=services)


def _without_account(approval: ApprovalPolicy) -> ApprovalPolicy:
    """Without an account to record with, what others cannot record themselves is decided in ServiceNow's own screen."""
    if approval.record is Recorded.SELF:
        is_on_behalf = approval.without_link is WithoutLink.ON_BEHALF
        return replace(approval, without_link=WithoutLink.DEEP_LINK) if is_on_behalf else approval
    return replace(approval, record=Recorded.DEEP_LINK)
