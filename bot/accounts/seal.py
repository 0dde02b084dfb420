"""Sealing: written down so that only a holder of the keys can read it, and only as what it was written for."""

import json
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.ports import BadCredentials


class Seal:
    """Fernet keys, the newest first: it closes with that one, and opens with any."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = MultiFernet([Fernet(key) for key in keys])

    def close(self, text: str, purpose: str) -> str:
        """purpose: what it is, and whose: a seal moved to another row does not open there."""
        return self._keys.encrypt(json.dumps([purpose, text]).encode()).decode()

    def open(self, sealed: str, purpose: str) -> str:
        """Raises: BadCredentials."""
        try:
            found, text = json.loads(self._keys.decrypt(sealed.encode()))
        except InvalidToken:
            raise BadCredentials("Cabbie", "CABBIE_TOKEN_KEYS lacks the key that sealed it") from None
        if found != purpose:
            raise BadCredentials("Cabbie", "what is sealed there belongs elsewhere: somebody moved it")
        return str(text)

    def renew(self, sealed: str) -> str:
        """The same, closed with the newest key. Raises: BadCredentials."""
        try:
            return self._keys.rotate(sealed.encode()).decode()
        except InvalidToken:
            raise BadCredentials("Cabbie", "CABBIE_TOKEN_KEYS lacks the key that sealed it") from None


def new_key() -> str:
    return Fernet.generate_key().decode()
