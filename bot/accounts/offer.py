"""What the Home tab offers: a link with one's own ServiceNow account, and its end."""

from collections.abc import Callable
from urllib.parse import quote

from bot.accounts import tickets, words
from bot.accounts.seal import Seal
from bot.change.linking import Link
from bot.engine import Queue
from bot.ledger.ledger import Ledger, Transaction

START = "/servicenow/link"
CALLBACK = "/servicenow/callback"


class Offer:
    """For members of one workspace."""

    def __init__(self, ledger: Ledger, queue: Queue, seal: Seal, *, public_url: str, team: Callable[[], str]) -> None:
        """public_url: where people's browsers reach us."""
        self._ledger = ledger
        self._queue = queue
        self._seal = seal
        self._public_url = public_url.rstrip("/")
        self._team = team

    def url_for(self, slack_id: str) -> str:
        """What the button opens, for this person alone."""
        ticket = tickets.issue(self._seal, self._team(), slack_id, self._ledger.now())
        return f"{self._public_url}{START}?ticket={quote(ticket)}"

    def last_link(self, slack_id: str) -> Link | None:
        """The person's living link, or the one that ended last."""
        with self._ledger.reading() as tx:
            person = tx.known_in_slack(self._team(), slack_id)
            return tx.last_link(person) if person else None

    def unlink(self, slack_id: str) -> None:
        """Over at once; its tokens are kept sealed until ServiceNow has been told to end them."""
        with self._ledger.begin() as tx:
            person = tx.person(slack_team=self._team(), slack_id=slack_id)
            link = tx.last_link(person)
            if link is None or not end_link(tx, self._queue, link, "you unlinked it"):
                return
            sentence = f"{person.name or slack_id} unlinked the ServiceNow account {link.user_name}"
            tx.enter("unlinked", actor=person.id, sys_user=link.sys_user, link=link.id, sentence=sentence)
            self._queue.errand(tx.session, words.WORD, slack_id, f"unlinked-{link.id}", words.UNLINKED)


def end_link(tx: Transaction, queue: Queue, link: Link, because: str) -> bool:
    """True for the one who ends it. ServiceNow is told next, and then the tokens are erased."""
    is_ended = tx.end_link(link.id, because, keep_tokens=True)
    if is_ended:
        queue.errand(tx.session, words.REVOKE, link.id)
    return is_ended
