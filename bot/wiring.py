"""The one module that knows everything: settings in, running parts out."""

import importlib.metadata
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import IO

import structlog
from fastapi import APIRouter
from pydantic import SecretStr
from sqlalchemy import Engine as Database
from starlette.types import ASGIApp

from bot import engine as engines
from bot import metrics
from bot.accounts import CALLBACK, Linking, Offer, OwnHands, Seal
from bot.accounts.words import REVOKE, WORD
from bot.api import app as api
from bot.api import linking, pipeline
from bot.api.tokens import Tokens
from bot.change.model import Recorded, Transport
from bot.change.policy import ApprovalPolicy, Policy, WithoutLink
from bot.clock import Clock, occasions
from bot.desk import FrontDesk
from bot.desk.front import ANSWERS, KINDS
from bot.engine import Again, Engine, Pace, Queue
from bot.health import Process, health_of
from bot.ledger.database import connect, is_sqlite
from bot.ledger.ledger import Ledger
from bot.ledger.migrate import migrate
from bot.ledger.reads import Reads
from bot.metrics import measured
from bot.ports import Anchor, ApprovalRecords, ChangeRecords, Check, Head, Message
from bot.rehearsal import clock_of, machine_time
from bot.server import Server
from bot.slack import alarms, answers, digests
from bot.slack.app import SlackApp
from bot.slack.room import SlackRoom
from bot.slack.socket_door import SocketDoor
from bot.story import MOVES, advance
from bot.story.alarm import send_alarm
from bot.story.attempt import Ended
from bot.story.digest import compose, send_digest
from bot.story.errands import run_errand
from bot.story.tools import Patience, Tools
from bot.story.word import send_word
from config.policy import BadPolicy, check_own_accounts, read_policy
from config.runbook import read_runbook
from config.settings import Settings
from integrations.anchor import BadAnchor as BadAnchor
from integrations.anchor import anchor_at
from integrations.anchor.lines import heads_in
from integrations.git.client import GitHistory
from integrations.jira.client import JiraTracker
from integrations.servicenow.client import ServiceNowApprovals, ServiceNowChanges
from integrations.servicenow.own_accounts import ServiceNowOwnAccounts
from integrations.slack.client import SlackMessenger

SHORTEST_GATE_PATIENCE = timedelta(minutes=1)
ROLES = ("all", "web", "worker", "clock")
DOORS = (Transport.HTTP, Transport.SOCKET, Transport.API)
DEFAULT_POLICY = Settings.model_fields["cabbie_policy"].default
DEFAULT_DATABASE = Settings.model_fields["database_url"].default

log = structlog.get_logger("cabbie")


class WrongRole(Exception):
    """A role that this database cannot have."""


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
    messenger = SlackMessenger(
        token=settings.slack_bot_token.get_secret_value(),
        base_url=settings.slack_api_url,
        team=policy().team,
        clock=machine_time,
    )
    records: ChangeRecords = measured(
        ServiceNowChanges(
            settings.servicenow_url,
            client_id=settings.servicenow_client_id,
            client_secret=_word(settings.servicenow_client_secret),
            user=settings.servicenow_user,
            password=_word(settings.servicenow_password),
            model=policy().change_model,
        ),
        "ServiceNow",
    )
    room = SlackRoom(measured(messenger, "Slack"), page=records.page, policy=policy)
    own = _own_accounts(settings, ledger, queue, room, policy)
    tools = Tools(
        ledger=ledger,
        queue=queue,
        records=records,
        approvals=_approvals(settings),
        tracker=measured(
            JiraTracker(
                settings.jira_url,
                email=settings.jira_email,
                api_token=_word(settings.jira_api_token),
                token=_word(settings.jira_token),
                projects=sorted({project for service in policy().services for project in service.projects}),
            ),
            "Jira",
        ),
        history=measured(GitHistory(settings.cabbie_repositories), "git"),
        room=room,
        policy=policy,
        now=now,
        own=own.hands if own else None,
        anchor=_anchor(settings),
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
    accounts = measured(
        ServiceNowOwnAccounts(
            settings.servicenow_url,
            client_id=settings.servicenow_user_client_id,
            client_secret=_word(settings.servicenow_user_client_secret),
            redirect_url=f"{settings.cabbie_public_url}{CALLBACK}",
        ),
        "ServiceNow",
    )
    seal = Seal(settings.token_keys)
    return OwnAccounts(
        offer=Offer(ledger, queue, seal, public_url=settings.cabbie_public_url, team=lambda: policy().team),
        linking=Linking(ledger, queue, room, accounts, seal, team=lambda: policy().team),
        hands=OwnHands(ledger, queue, accounts, seal),
    )


def _approvals(settings: Settings) -> ApprovalRecords | None:
    if not settings.has_approval_account:
        return None
    account = ServiceNowApprovals(
        settings.servicenow_url,
        client_id=settings.servicenow_approval_client_id,
        client_secret=_word(settings.servicenow_approval_client_secret),
        user=settings.servicenow_approval_user,
        password=_word(settings.servicenow_approval_password),
    )
    return measured(account, "ServiceNow")


def _anchor(settings: Settings) -> Anchor | None:
    if not settings.cabbie_anchor:
        return None
    token = _word(settings.cabbie_anchor_token)
    return measured(anchor_at(settings.cabbie_anchor, token=token, ledger=settings.cabbie_ledger_name), "anchor")


def anchored_heads(exported: IO[str] | None) -> tuple[Head, ...]:
    """What others kept of this ledger: from lines exported from a sink, else from CABBIE_ANCHOR itself.

    Raises: BadAnchor, Failure."""
    name = os.environ.get("CABBIE_LEDGER_NAME", Settings.model_fields["cabbie_ledger_name"].default)
    if exported is not None:
        return tuple(heads_in(exported, name))
    return tuple(anchor_at(os.environ.get("CABBIE_ANCHOR", ""), ledger=name).heads())


def checks_of_itself(parts: Parts) -> tuple[Check, ...]:
    """What the doctor asks about this machine."""
    path = parts.settings.cabbie_rehearsal_clock
    if path is None:
        return (check_database(parts),)
    ahead = round((parts.tools.now() - machine_time()).total_seconds())
    found = f"times may be moved, now by {ahead} s: every window and expiry with them"
    return (check_database(parts), Check("clock", "warning", found, "unset CABBIE_REHEARSAL_CLOCK in production"))


def check_database(parts: Parts) -> Check:
    """Writable, at this version, and its ledger unbroken."""
    try:
        with parts.ledger.begin() as tx:
            tx.set_watermark("doctor", tx.now.isoformat())
        count, broken = parts.reads.verify()
    except Exception as error:  # whatever is wrong with it, the doctor says so
        return Check(
            "database",
            "wrong",
            f"it cannot be used: {type(error).__name__}",
            "check DATABASE_URL, then run `cabbie migrate`",
        )
    if broken:
        return Check(
            "database",
            "wrong",
            f"ledger entry {broken.seq} does not hold: {broken.why}",
            "keep the file, call an auditor",
        )
    return Check("database", "good", f"writable, {count} ledger entries hold")


def migrate_all(database: Database) -> None:
    """Our tables and the engine's."""
    migrate(database, further=partial(engines.migrate, database))


class Service:
    """Cabbie running: the roles it was given, until told to stop."""

    def __init__(self, parts: Parts, role: str) -> None:
        if role not in ROLES:
            raise WrongRole(f"there is no role {role}: one of {', '.join(ROLES)}")
        if is_sqlite(parts.database) and role != "all":
            raise WrongRole("SQLite is for one process that does all; set DATABASE_URL to PostgreSQL for roles")
        self._parts = parts
        self._role = role
        settings = parts.settings
        self._engine: Engine | None = None
        self._clock: Clock | None = None
        self._socket: SocketDoor | None = None
        self._slack: SlackApp | None = None
        self._runbook = read_runbook()
        self._stopped = threading.Event()
        if role in ("all", "worker"):
            pace = Pace(beat=settings.cabbie_beat, lease=settings.cabbie_lease)
            self._engine = Engine(parts.database, parts.queue, pace)
            metrics.expect(metrics.MOVES, [move.name for move in MOVES], Ended)
        if role in ("all", "clock"):
            self._clock = Clock(
                parts.tools,
                occasions(
                    tick=settings.cabbie_tick,
                    look_every=settings.cabbie_look_every,
                    anchor_every=settings.cabbie_anchor_every,
                ),
            )
        has_doors = role in ("all", "web")
        app = self._doors() if has_doors else api.build(health=self._health(), slack=None, routers=[])
        self._server = Server(app, settings.host, settings.port)

    def run(self) -> None:
        """Serve until ``stop``; returns after everything in hand is finished."""
        migrate_all(self._parts.database)
        self._parts.policy.note()
        self._note_rehearsal()
        if self._engine:
            errands: dict[str, Callable[..., Again]] = {
                "digest": self._send_digest,
                "alarm": self._send_alarm,
                WORD: self._send_word,
                REVOKE: self._revoke,
            }
            self._engine.install(partial(advance, self._parts.tools), errands)
            self._engine.launch()
        if self._clock:
            self._clock.start()
        if self._socket:
            self._socket.start()
        log.info("cabbie.serving", role=self._role, port=self._parts.settings.port, version=version())
        winding_down = threading.Thread(target=self._wind_down, name="cabbie-winding-down")
        winding_down.start()
        try:
            self._server.run()
        finally:
            self._stopped.set()
            winding_down.join()
        self._close()

    def stop(self) -> None:
        """Take nothing new; ``run`` returns when what is in hand is done."""
        log.info("cabbie.stopping")
        self._stopped.set()

    def _wind_down(self) -> None:
        """Once told to stop. HTTP is answered to the end: that we stop is said there, and what Slack sends meanwhile,
        and would not send again, is still written down."""
        self._stopped.wait()
        try:
            if self._socket:
                self._socket.stop()
            if self._clock:
                self._clock.stop()
            if self._engine:
                self._engine.stop()
        finally:
            self._server.stop()

    def _close(self) -> None:
        if self._slack:
            self._slack.close()
        self._parts.queue.close()
        self._parts.tools.hands.shutdown(wait=True)
        log.info("cabbie.stopped")

    def _note_rehearsal(self) -> None:
        """Whoever can move the clock can move a window: it stands in the ledger."""
        path = self._parts.settings.cabbie_rehearsal_clock
        if path is None:
            return
        log.warning("clock.rehearsal", path=str(path))
        with self._parts.ledger.begin() as tx:
            tx.enter("policy", sentence="Started with a rehearsal's clock: times may be moved")

    def _send_digest(self, channel: str, slot: str) -> Again:
        return run_errand(partial(send_digest, self._parts.tools, channel, slot, show=digests.message), "digest")

    def _send_alarm(self, channel: str, finding_id: str) -> Again:
        show = partial(alarms.message, advice=self._runbook.alarms)
        return run_errand(partial(send_alarm, self._parts.tools, channel, finding_id, show=show), "alarm")

    def _send_word(self, slack_id: str, slot: str, sentence: str) -> Again:
        return run_errand(partial(send_word, self._parts.tools, slack_id, slot, sentence, show=answers.word), WORD)

    def _revoke(self, link_id: str) -> Again:
        own = self._parts.own
        return run_errand(partial(own.hands.revoke, link_id), REVOKE) if own else engines.NEVER

    def _health(self) -> api.Health:
        process = Process(
            role=self._role,
            version=version(),
            is_stopping=self._stopped.is_set,
            lease=self._parts.settings.cabbie_lease,
            engine=self._engine,
            clock=self._clock,
            socket=self._socket,
        )
        return health_of(process, self._parts.ledger, self._runbook)

    def _doors(self) -> ASGIApp:
        parts, settings = self._parts, self._parts.settings
        self._slack = SlackApp(
            desk=parts.desk,
            reads=parts.reads,
            room=parts.room,
            web=parts.messenger.web,
            clock=machine_time,
            digest_text=self._digest_text,
            offer=parts.own.offer if parts.own else None,
        )
        dispatch: Callable[[bytes, Mapping[str, str]], api.SlackAnswer] | None = None
        if settings.slack_app_token:
            self._socket = self._slack.socket(settings.slack_app_token.get_secret_value())
        else:
            dispatch = self._slack.http(_word(settings.slack_signing_secret)).dispatch
        tokens = Tokens({token.get_secret_value(): services for token, services in settings.cabbie_api_tokens.items()})
        metrics.expect(metrics.HEARD, KINDS, [door.name.lower() for door in DOORS], ANSWERS)
        return api.build(
            health=self._health(),
            slack=dispatch,
            routers=[
                pipeline.routes(
                    parts.desk,
                    parts.reads,
                    parts.policy,
                    tokens,
                    parts.tools.now,
                    patience=max(SHORTEST_GATE_PATIENCE, 4 * settings.cabbie_look_every),
                ),
                *self._link_routes(),
            ],
        )

    def _link_routes(self) -> list[APIRouter]:
        own, slack = self._parts.own, self._slack
        if own is None or slack is None:
            return []
        is_https = self._parts.settings.cabbie_public_url.startswith("https:")
        return [linking.routes(own.linking, is_https=is_https, linked=slack.show_home)]

    def _digest_text(self) -> Message:
        audiences = self._parts.policy().digests
        if not audiences:
            return Message("The policy names no digest.")
        return compose(self._parts.tools, audiences[0], show=digests.message)[1]


def version() -> str:
    return importlib.metadata.version("cabbie")


def _word(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""
