"""A change's ledger, read from the bot's own API as any pipeline would."""

from typing import Any
from urllib.parse import quote

import requests

PATIENCE = (1.0, 4.0)
"""Seconds to connect, seconds to answer."""


def read(bot_url: str, token: str, number: str) -> dict[str, Any]:
    """``{"change": …}``, or ``{"problem": a sentence}`` when the bot does not answer or knows no such change."""
    url = f"{bot_url.rstrip('/')}/api/v1/changes/{quote(number, safe='')}"
    try:
        answer = requests.get(url, headers={"authorization": f"Bearer {token}"}, timeout=PATIENCE)
    except requests.RequestException:
        return {"problem": f"Cabbie does not answer at {bot_url}."}
    if answer.status_code == 404:
        return {"problem": f"Cabbie knows no change {number}."}
    if not answer.ok:
        return {"problem": f"Cabbie answered {answer.status_code} for {number}."}
    try:
        return {"change": answer.json()}
    except requests.JSONDecodeError:
        return {"problem": f"What answers at {bot_url} is not Cabbie."}
