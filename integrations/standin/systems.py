"""The three stand-ins of one sandbox, behind doors that stay where they are when new ones take their place."""

from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from integrations.jira import sandbox as jira
from integrations.servicenow import sandbox as servicenow
from integrations.slack import sandbox as slack
from integrations.standin.clock import Clock
from integrations.standin.secrets import Secrets
from integrations.standin.wire import CONTROL, Standin, reset_connection
from integrations.standin.world import World

NAMES = ("slack", "jira", "servicenow")


class Systems:
    """A generation begins with the seed; the next one knows nothing of it, and the same credentials open it."""

    def __init__(self, world: World, secrets: Secrets, clock: Clock) -> None:
        self.world = world
        self.clock = clock
        self.generation = 1
        self.is_shut = False
        """Nobody is answered but at the control doors."""
        self.deliver_to = ""
        """Where Slack reaches the bot."""
        self.slack_url = ""
        self.redirect_url = ""
        """Where ServiceNow sends people back to, once they allowed the bot to act as them."""
        self.secrets = secrets
        self._on_renewal: list[Callable[[], None]] = []
        self._build()

    def __getitem__(self, system: str) -> Standin:
        return self._standins[system]

    @property
    def all(self) -> tuple[Standin, ...]:
        return tuple(self._standins.values())

    def door(self, system: str) -> ASGIApp:
        """What a server serves: whichever stand-in plays the system at the moment."""

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            if self.is_shut and not scope["path"].startswith(CONTROL):
                await _turn_away(scope, send)
            else:
                await self[system].app(scope, receive, send)

        return answer

    def reach(self, *, slack_url: str, bot_url: str) -> None:
        """Say where Slack is, and where its deliveries go."""
        self.slack_url, self.deliver_to = slack_url, f"{bot_url}/slack/events"
        self.redirect_url = f"{bot_url}/servicenow/callback"
        self._connect()

    def on_renewal(self, forget: Callable[[], None]) -> None:
        """Have somebody else forget, too."""
        self._on_renewal.append(forget)

    async def renew(self) -> None:
        """Back to the seed: records, diary, faults, switches and clock."""
        await self._retire()
        self.clock.reset()
        self._build()
        self._connect()
        self.generation += 1
        for forget in self._on_renewal:
            forget()

    def let_go(self) -> None:
        """Answer those who still wait, for news or for a fault to be lifted."""
        self.workspace.revision.bump()
        for standin in self.all:
            standin.faults.resume()

    def _build(self) -> None:
        self.workspace = slack.build(self.world, self.secrets, clock=self.clock)
        self._standins = {
            "slack": self.workspace.standin,
            "jira": jira.build(self.world, self.secrets, clock=self.clock),
            "servicenow": servicenow.build(self.world, self.secrets, clock=self.clock),
        }
        for standin in self.all:
            standin.clock = self.clock

    def _connect(self) -> None:
        self.workspace.address, self.workspace.courier.url = self.slack_url, self.deliver_to
        self["servicenow"].switches["redirect_urls"] = [self.redirect_url]

    async def _retire(self) -> None:
        """What this generation still has under way reaches nobody any more."""
        self.workspace.courier.url = ""
        await self.workspace.sockets.disconnect("link_disabled")
        for standin in self.all:
            standin.faults.resume(drop=True)
        self.workspace.revision.bump()


async def _turn_away(scope: Scope, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1013})  # try again later: RFC 6455's registry of codes
    elif scope["type"] == "http":
        await reset_connection(scope)
