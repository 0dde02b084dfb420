"""Everything, put together from the settings; nothing runs yet."""

from dataclasses import dataclass

from sqlalchemy import Engine as Database

from bot.accounts import Linking, Offer, OwnHands, Seal
from bot.desk import FrontDesk
from bot.engine import Queue
from bot.ledger.database import connect
from bot.ledger.ledger import Ledger
from bot.ledger.reads import Reads
from bot.metrics import measured
from bot.rehearsal import clock_of
from bot.slack.room import SlackRoom
from bot.story.tools import Patience, Tools
from bot.wiring import systems
from bot.wiring.policy import CurrentPolicy
from bot.wiring.reading import CurrentReader
from config.settings import Settings
from integrations.slack.client import SlackMessenger


@dataclass(frozen=True)
class OwnAccounts:
    """People's own ServiceNow accounts: offered on the Home tab, linked in a browser, used by the story."""

    offer: Offer
    linking: Linking
    hands: OwnHands


@dataclass(frozen=True)
class Parts:
    """Everything, put together; nothing runs yet."""

    settings: Settings
    database: Database
    ledger: Ledger
    reads: Reads
    queue: Queue
    desk: FrontDesk
    policy: CurrentPolicy
    reader: CurrentReader
    tools: Tools
    messenger: SlackMessenger
    room: SlackRoom
    own: OwnAccounts | None


def build(settings: Settings) -> Parts:
    database = connect(settings.database_url)
    now = clock_of(settings.cabbie_rehearsal_clock)
    ledger = Ledger(database, now)
    queue = Queue(database)
    policy = CurrentPolicy(settings, ledger)
    messenger = systems.slack(settings, policy())
    records = systems.changes(settings, policy())
    room = SlackRoom(measured(messenger, "Slack"), page=records.page, policy=policy)
    own = _own_accounts(settings, ledger, queue, room, policy)
    tools = Tools(
        ledger=ledger,
        queue=queue,
        records=records,
        approvals=systems.approvals(settings),
        tracker=systems.tracker(settings, policy()),
        history=systems.history(settings),
        room=room,
        policy=policy,
        now=now,
        own=own.hands if own else None,
        anchor=systems.anchor(settings),
        patience=Patience(record=settings.cabbie_record_patience, message=settings.cabbie_message_patience),
    )
    return Parts(
        settings=settings,
        database=database,
        ledger=ledger,
        reads=Reads(ledger),
        queue=queue,
        desk=FrontDesk(ledger, queue, policy),
        policy=policy,
        reader=CurrentReader(policy),
        tools=tools,
        messenger=messenger,
        room=room,
        own=own,
    )


def _own_accounts(
    settings: Settings, ledger: Ledger, queue: Queue, room: SlackRoom, policy: CurrentPolicy
) -> OwnAccounts | None:
    """None while anything they need is missing."""
    if settings.missing_for_own_accounts:
        return None
    accounts = systems.own_accounts(settings)
    seal = Seal(settings.token_keys)
    return OwnAccounts(
        offer=Offer(ledger, queue, seal, public_url=settings.cabbie_public_url, team=lambda: policy().team),
        linking=Linking(ledger, queue, room, accounts, seal, team=lambda: policy().team),
        hands=OwnHands(ledger, queue, accounts, seal),
    )
