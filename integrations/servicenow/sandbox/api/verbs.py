"""A POST that says it is another verb: ``X-http-method-override`` (REST API docs)."""

from starlette.routing import Match, Route
from starlette.types import Scope

HEADER = b"x-http-method-override"
VERBS = ("GET", "PUT", "PATCH", "DELETE")


class VerbRoute(Route):
    """A route that goes by the verb meant."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        verb = _meant(scope)
        if not verb:
            return super().matches(scope)
        match, child = super().matches({**scope, "method": verb})
        return match, {**child, "method": verb}


def _meant(scope: Scope) -> str:
    if scope["type"] != "http" or scope["method"] != "POST":
        return ""
    said = dict(scope["headers"]).get(HEADER, b"").decode(errors="replace").strip().upper()
    return said if said in VERBS else ""
