"""People's own ServiceNow accounts: linked by their own sign-in, used for their own verdicts, ended by either side."""

from bot.accounts.hands import OwnHands
from bot.accounts.linking import Linked, Linking
from bot.accounts.offer import CALLBACK, START, Offer
from bot.accounts.seal import Seal, new_key
from bot.accounts.tokens import reseal

__all__ = ["CALLBACK", "START", "Linked", "Linking", "Offer", "OwnHands", "Seal", "new_key", "reseal"]
