"""A sink that takes JSON over HTTPS and gives nothing back: a SIEM's or log store's ingest address."""

from collections.abc import Iterator

import requests

from bot.ports import Declined, Head
from integrations.anchor.lines import line_of
from integrations.http import failures_of


class Sink:
    """Whoever leaves the same head twice leaves it twice: harmless, a head is a fact."""

    name = "the anchor's sink"

    def __init__(self, url: str, token: str, ledger: str) -> None:
        self._ledger = ledger
        self._url = url
        self._session = requests.Session()
        self._session.trust_env = False  # no .netrc login in place of ours; proxies are the network's affair
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def leave(self, head: Head) -> None:
        """Raises: Outage, BadCredentials, Declined, NotThere."""
        with failures_of(self.name):
            answer = self._session.post(
                self._url,
                data=line_of(head, self._ledger),
                headers={"Content-Type": "application/json"},
                timeout=(3.05, 20),
                allow_redirects=False,  # a redirect would take head and token elsewhere
            )
            answer.raise_for_status()
            if not 200 <= answer.status_code < 300:
                raise Declined(self.name, f"it answered {answer.status_code}")

    def heads(self) -> Iterator[Head]:
        raise Declined(self.name, "it cannot be read back: export its lines and give them with --heads")
