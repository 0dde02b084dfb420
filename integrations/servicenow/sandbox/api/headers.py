"""What a request must say of itself: what it sends, and what it takes (docs: "REST APIs", Data format headers).

Accept is wanted from everybody, Content-Type from all that write, DELETE and an empty body included.
"""

from collections.abc import Callable

from starlette.requests import Request

from integrations.servicenow.sandbox import refusals

Demand = Callable[[Request], None]
"""Raises Refused."""
READS = ("GET", "HEAD")


def json_only(request: Request) -> None:
    """A real instance knows XML as well; here it is refused rather than answered with something else."""
    anything(request)
    sent, wanted = _sent(request), request.headers["accept"]
    if request.method not in READS and sent != "application/json":
        raise refusals.Refused(415, "Unsupported Media Type", f"Content-Type {sent} is not supported")
    if not any(kind in wanted for kind in ("application/json", "*/*", "application/*")):
        raise refusals.Refused(406, "Not Acceptable", f"Accept {wanted} is not supported")


def anything(request: Request) -> None:
    """Attachments come and go as whatever they are."""
    if not request.headers.get("accept") or (request.method not in READS and not _sent(request)):
        raise refusals.bad_request("Missing header", "Accept and Content-Type are required")


def nothing(_: Request) -> None:
    """A path that leads nowhere is refused for that."""


def _sent(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip()
