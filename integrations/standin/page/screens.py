"""ServiceNow's own screens, beside Slack: what a person may do with a change there."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from integrations.standin.page.deeds import Deeds
from integrations.standin.page.door import ask
from integrations.standin.systems import Systems
from integrations.standin.wire import CONTROL

DEEDS = {
    "approve": "approved {number}",
    "reject": "rejected {number}",
    "hold": "put {number} on hold",
    "release": "took {number} off hold",
    "cancel": "canceled {number}",
    "close_task": "closed {task}, a task of {number}",
}
CANCELED = "Canceled"


class Screens:
    def __init__(self, systems: Systems, deeds: Deeds) -> None:
        self._systems = systems
        self._deeds = deeds

    def routes(self) -> list[Route]:
        return [Route("/page/changes/{number}/{deed}", self.deed, methods=["POST"])]

    async def deed(self, request: Request) -> Response:
        """A refusal is an answer, as in Slack's part."""
        number, deed = request.path_params["number"], request.path_params["deed"]
        if deed not in DEEDS:
            return JSONResponse({"error": "no such deed"}, status_code=404)
        told: dict[str, Any] = await request.json()
        who, comments, task = (str(told.get(name) or "") for name in ("person", "comments", "task"))
        route, body = _pressed(deed, number, comments, task)
        people = self._systems.world.people
        name = people[who].name if who in people else who
        noted = self._deeds.begin(name, "servicenow", DEEDS[deed].format(number=number, task=task))
        answer = await ask(self._systems["servicenow"].app, "POST", f"{CONTROL}/people/{who}/{route}", body)
        if answer.status >= 400:
            self._deeds.failed(noted, str(answer.body.get("error") or f"ServiceNow answered {answer.status}"))
        return JSONResponse(answer.body)


def _pressed(deed: str, number: str, comments: str, task: str) -> tuple[str, dict[str, Any]]:
    """The button of the stand-in's screen, and what is filled in before it is pressed."""
    if deed == "cancel":
        fields = {"state": CANCELED, "work_notes": comments or "Canceled in ServiceNow"}
        return "edit", {"number": number, "fields": fields}
    if deed == "close_task":
        return deed, {"number": task, "comments": comments}
    return deed, {"number": number, "comments": comments}
