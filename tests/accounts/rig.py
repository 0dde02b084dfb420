"""People's own accounts in the small world: offered, linked, used."""

from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlsplit

from bot.accounts import Linked, Linking, Offer, OwnHands, Seal, new_key
from bot.change.model import Person
from tests.doubles.own_accounts import OwnAccountsDouble
from tests.story.world import World

BROWSER = "b" * 43


@dataclass
class Rig:
    """Everything that has to do with links, over one world."""

    world: World
    accounts: OwnAccountsDouble
    seal: Seal
    offer: Offer
    linking: Linking
    hands: OwnHands

    def ticket(self, who: Person) -> str:
        return parse_qs(urlsplit(self.offer.url_for(who.slack_id)).query)["ticket"][0]

    def begin(self, who: Person, browser: str = BROWSER) -> str:
        """The state that the browser takes along."""
        return parse_qs(urlsplit(self.linking.begin(self.ticket(who), browser)).query)["state"][0]

    def link(self, who: Person, as_whom: Person | None = None) -> Linked:
        state = self.begin(who)
        return self.linking.finish(state=state, code=(as_whom or who).sys_user, error="", browser=BROWSER)

    def words(self, who: Person) -> list[str]:
        """What they are told in their DM."""
        return [sentence for name, *words in self.world.queue.errands if name == "word" for sentence in words[2:]
                if words[0] == who.slack_id]  # fmt: skip


def rig_of(world: World, *, rotates: bool = False) -> Rig:
    """From now on the world's people decide with their own hands, where the policy says so."""
    accounts, seal = OwnAccountsDouble(world.servicenow, rotates=rotates), Seal([new_key()])
    ledger, queue = world.ledger, world.queue
    hands = OwnHands(ledger, queue, accounts, seal)  # type: ignore[arg-type]  # the engine's, without an engine
    offer = Offer(ledger, queue, seal, public_url="https://cabbie.example", team=lambda: "T0ACME")  # type: ignore[arg-type]
    linking = Linking(ledger, queue, world.tools.room, accounts, seal, team=lambda: "T0ACME")  # type: ignore[arg-type]
    world.tools = replace(world.tools, own=hands)
    return Rig(world, accounts, seal, offer, linking, hands)
