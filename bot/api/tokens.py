"""Who calls: API tokens, each good for the services it names."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Caller:
    """A token's holder, known by a short fingerprint of the token."""

    name: str
    services: frozenset[str]

    def may_speak_for(self, service: str) -> bool:
        return "*" in self.services or service in self.services


class Tokens:
    """Compares in constant time; keeps only fingerprints."""

    def __init__(self, tokens: Mapping[str, Sequence[str]]) -> None:
        self._callers = {
            _hash(token): Caller(_hash(token)[:8], frozenset(services)) for token, services in tokens.items()
        }

    def caller(self, token: str) -> Caller | None:
        given, found = _hash(token.strip()), None
        for known, caller in self._callers.items():
            if hmac.compare_digest(known, given):
                found = caller
        return found


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
