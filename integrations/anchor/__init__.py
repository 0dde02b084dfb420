"""Where the head of the ledger is left, out of the reach of those who run Cabbie: a file that only grows, or a sink."""

from urllib.parse import urlsplit

from bot.ports import Anchor
from integrations.anchor.grown_file import GrownFile
from integrations.anchor.sink import Sink


class BadAnchor(Exception):
    """CABBIE_ANCHOR names no place we can leave something at."""


def anchor_at(url: str, *, token: str = "", ledger: str) -> Anchor:
    """``file:///mnt/worm/cabbie.jsonl``, or ``https://siem.example/ingest``, or ``http://`` on this machine.

    Raises: BadAnchor."""
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path and not parts.netloc:
        return GrownFile(parts.path, ledger)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")):
        return Sink(url, token, ledger)
    raise BadAnchor("CABBIE_ANCHOR has to begin with file:/// or https://")
