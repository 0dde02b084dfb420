"""A person's own ServiceNow account, linked by their own sign-in: who may link which, and what a link is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.change.errors import Refusal
from bot.change.model import Person

OWN_SIGN_IN = "own sign-in"
"""``Person.bound_by`` of somebody who proved who they are in ServiceNow by signing in there."""
# ServiceNow docs, OAuth Inbound: a refresh token lives 8,640,000 seconds unless the instance says otherwise.
REFRESH_LIFE = timedelta(days=100)


class CannotBeLinked(Refusal):
    """Nothing was linked."""


class AccountNotActive(CannotBeLinked):
    sentence = "The ServiceNow account {} is not active, or is locked out: nothing was linked."


class AnotherAccount(CannotBeLinked):
    """Alarming: a person is one ServiceNow user, for good."""

    sentence = (
        "You are bound to another ServiceNow user than {}: nothing was linked, and I told the change manager. "
        "Sign in as yourself; if your account was replaced, the change manager has to know."
    )


class AccountTaken(CannotBeLinked):
    """Alarming: two people cannot be one ServiceNow user."""

    sentence = (
        "The ServiceNow user {} is somebody else in Slack: nothing was linked, and I told the change manager. "
        "If it is you, ask them to mend the two accounts."
    )


ALARMING = (AnotherAccount, AccountTaken)


@dataclass(frozen=True)
class Owner:
    """Whom ServiceNow names for a token."""

    sys_user: str
    user_name: str
    name: str
    email: str
    may_sign_in: bool


@dataclass(frozen=True)
class Link:
    """That a person linked their ServiceNow account, and what became of it. Tokens are not in it."""

    id: str
    person: str
    sys_user: str
    user_name: str
    """As ``sys_updated_by`` has it."""
    account_name: str
    linked_at: datetime
    renewed_at: datetime
    """When the refresh token was first given."""
    ended_at: datetime | None = None
    ended_because: str = ""

    @property
    def lasts_until(self) -> datetime:
        """When ServiceNow ends it by itself, as far as one can know from here."""
        return self.renewed_at + REFRESH_LIFE


def check_may_link(person: Person, owner: Owner, *, held_by: Person | None, slack_id_of_email: str) -> None:
    """One Slack person, one ServiceNow user, in both directions.

    held_by: another Slack person who is bound to that user. slack_id_of_email: who in Slack has the e-mail of that
    user; a person whose two e-mails differ links all the same, unless the other one is somebody else's: or whoever is
    lured into signing in behind another one's button would lend them their name.
    Raises: AccountNotActive, AnotherAccount, AccountTaken."""
    shown = owner.name or owner.user_name
    if not owner.may_sign_in:
        raise AccountNotActive(shown)
    if person.sys_user and person.sys_user != owner.sys_user:
        raise AnotherAccount(shown)
    if held_by is not None or slack_id_of_email not in ("", person.slack_id):
        raise AccountTaken(shown)
