"""Whether Cabbie is up, asked as any load balancer would."""

import asyncio
import time
from dataclasses import dataclass

import requests

PATIENCE = (0.5, 2.0)
"""Seconds to connect, seconds to answer."""
FRESH_SECONDS = 0.8


@dataclass(frozen=True)
class Health:
    """``is_up``: something answers. ``is_ready``: it takes work."""

    is_up: bool
    is_ready: bool
    says: str = ""
    """Its own words for not being ready."""


class Pulse:
    def __init__(self, bot_url: str) -> None:
        self.url = bot_url.rstrip("/")
        self._known = Health(is_up=False, is_ready=False)
        self._looked = float("-inf")
        self._looking = asyncio.Lock()

    async def feel(self) -> Health:
        """As it was a moment ago: however many look, the bot is asked about once a second."""
        async with self._looking:
            if time.monotonic() - self._looked > FRESH_SECONDS:
                await self.look()
        return self._known

    async def look(self) -> Health:
        """As it is now."""
        self._known = await asyncio.to_thread(_ask, f"{self.url}/readyz")
        self._looked = time.monotonic()
        return self._known


def _ask(url: str) -> Health:
    with requests.Session() as session:
        session.trust_env = False  # no proxy on the way to a neighbour
        try:
            answer = session.get(url, timeout=PATIENCE)
        except requests.ConnectionError:
            return Health(is_up=False, is_ready=False)
        except requests.RequestException as error:
            return Health(is_up=True, is_ready=False, says=f"it does not answer in time ({type(error).__name__})")
    return Health(is_up=True, is_ready=answer.ok, says="" if answer.ok else _reason(answer))


def _reason(answer: requests.Response) -> str:
    try:
        told = answer.json()
    except requests.JSONDecodeError:
        return f"it answers {answer.status_code}"
    return str(told.get("detail") or told.get("title") or f"it answers {answer.status_code}")
