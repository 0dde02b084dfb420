"""Making things go wrong, and right again."""

import re
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from integrations.standin.page.mishaps import MISHAPS, RETRY_AFTER, NoSuchMishap, fault_for, mishap_of
from integrations.standin.page.timeline import jira, servicenow, slack
from integrations.standin.systems import NAMES, Systems

CALLS = {"slack": slack.CALLS, "jira": jira.CALLS, "servicenow": servicenow.CALLS}
PLAIN: dict[str, Callable[[str], str]] = {"slack": str, "jira": jira.plain, "servicenow": servicenow.plain}
ANY_VERSION = re.compile(r"\{version\}")
SWITCHED = {name: (one.system, one.switch) for name, one in MISHAPS.items() if one.switch}


class Trouble:
    def __init__(self, systems: Systems) -> None:
        self._systems = systems

    def routes(self) -> list[Route]:
        return [
            Route("/page/trouble", self.choices, methods=["GET"]),
            Route("/page/trouble", self.make, methods=["POST"]),
            Route("/page/trouble/lift", self.lift, methods=["POST"]),
        ]

    async def choices(self, _: Request) -> Response:
        """What can be chosen from, the calls that were made or matter most first."""
        mishaps = [
            {"name": name, "label": one.label, "asks": one.asks, "system": one.system} for name, one in MISHAPS.items()
        ]
        again = [{"name": name, "label": label} for name, (label, _) in RETRY_AFTER.items()]
        calls = {system: self._calls(system) for system in NAMES}
        return JSONResponse({"calls": calls, "mishaps": mishaps, "retry_after": again})

    async def make(self, request: Request) -> Response:
        told: dict[str, Any] = await request.json()
        system = str(told.get("system"))
        if system not in NAMES:
            return JSONResponse({"error": "There is no such system."}, status_code=400)
        try:
            self._make(system, told)
        except NoSuchMishap:
            return JSONResponse({"error": "Nothing goes wrong in that way."}, status_code=400)
        except (TypeError, ValueError):
            return JSONResponse({"error": "Give up to 600 seconds, and up to 1000 times."}, status_code=400)
        return JSONResponse({"in_force": self.in_force()})

    def _make(self, system: str, told: dict[str, Any]) -> None:
        standin, switch = self._systems[system], mishap_of(system, told).switch
        if switch:
            standin.switches[switch.name] = switch.value
        else:
            standin.faults.add(fault_for(system, told))

    async def lift(self, request: Request) -> Response:
        """One, by its system and id; without an id all of them."""
        told: dict[str, Any] = await request.json()
        which = told.get("id")
        for system in NAMES:
            if which is None:
                self._systems[system].faults.clear()
            elif system == told.get("system") and isinstance(which, int):
                self._systems[system].faults.remove(which)
        for name in self._switched():
            if which in (None, name):
                self._set_back(name)
        return JSONResponse({"in_force": self.in_force()})

    def _switched(self) -> list[str]:
        return [
            name
            for name, (system, switch) in SWITCHED.items()
            if self._systems[system].switches.get(switch.name) == switch.value
        ]

    def _set_back(self, name: str) -> None:
        system, switch = SWITCHED[name]
        self._systems[system].switches[switch.name] = switch.back

    def in_force(self) -> list[dict[str, Any]]:
        """What is wrong on purpose, in the order of the systems."""
        return [
            {
                "system": system,
                "id": fault.id,
                "call": self._label(system, fault.call),
                "says": fault.says or f"{fault.action}, {fault.status}",
                "times": fault.times,
                "hits": fault.hits,
            }
            for system in NAMES
            for fault in self._systems[system].faults
        ] + [
            {"system": SWITCHED[name][0], "id": name, "call": "", "says": MISHAPS[name].says, "times": -1, "hits": None}
            for name in self._switched()
        ]

    def _label(self, system: str, call: str) -> str:
        return "" if call == "*" else self._phrases(system).get(PLAIN[system](call), call)

    def _phrases(self, system: str) -> dict[str, str]:
        return {PLAIN[system](call): phrase for call, phrase in CALLS[system].items()}

    def _calls(self, system: str) -> list[dict[str, Any]]:
        """Those that were made, then those that matter, then all that are served."""
        made = dict.fromkeys(entry.call for entry in self._systems[system].diary)
        plain, phrases = PLAIN[system], self._phrases(system)
        groups = {"made": list(made), "matter": list(CALLS[system]), "rest": self._served(system)}
        shown: dict[str, dict[str, Any]] = {}
        for group, calls in groups.items():
            for call in calls:
                shown.setdefault(plain(call), {"call": call, "label": phrases.get(plain(call), ""), "group": group})
        return list(shown.values())

    def _served(self, system: str) -> list[str]:
        """What a call is named in the diary, with a star where a route takes any version."""
        standin = self._systems[system]
        routes = [route.partition(" ") for route in standin.coverage if ":path}" not in route]
        named = {standin.name_of(verb, path) for verb, _, path in routes if verb != "*"}
        return sorted(ANY_VERSION.sub("*", call) for call in named)
