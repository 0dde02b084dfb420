"""The way in: which addresses this kind of Jira has, and what is around every answer."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Flag, auto
from secrets import token_hex
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Mount, Route

from integrations.jira.sandbox.call import Call
from integrations.jira.sandbox.caller import Caller, out_of_scope, who_calls
from integrations.jira.sandbox.errors import HTML, Refused, no_such_address, problem, unreadable
from integrations.jira.sandbox.outages import check_site
from integrations.jira.sandbox.scopes import opens
from integrations.jira.sandbox.site import Site

GATEWAY = "/ex/jira/{cloud_id}"
API = "/rest/api/{version}"
METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH"]


class On(Flag):
    """Where an address exists."""

    CLOUD = auto()
    DATA_CENTER = auto()
    BOTH = CLOUD | DATA_CENTER


@dataclass(frozen=True)
class Behaviour:
    """One address and what happens there."""

    method: str
    path: str
    does: Callable[[Call], Response]
    on: On = On.BOTH
    login: Callable[[Request, Site], Caller] = who_calls
    takes: tuple[str, ...] = ("application/json",)
    """Media types of its body."""


def routes(site: Site, behaviours: Iterable[Behaviour]) -> list[BaseRoute]:
    """Every behaviour on the site itself, its REST interface again behind the gateway, a refusal for all else."""
    places = [(b, Route(b.path, _endpoint(site, b), methods=[b.method])) for b in behaviours]
    behind = [place for place in places if place[0].path.startswith("/rest/")]
    return [Mount(GATEWAY, routes=_with_rest(site, behind)), *_with_rest(site, places)]


def _with_rest(site: Site, places: list[tuple[Behaviour, Route]]) -> list[BaseRoute]:
    return [*(route for _, route in places), Route("/{path:path}", _nowhere(site, places), methods=METHODS)]


def _endpoint(site: Site, behaviour: Behaviour) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        if not _is_here(site, behaviour, request.path_params):
            return _dressed(_no_such_path(site, request).response())
        return await _answered(site, request, behaviour)

    return endpoint


def _is_here(site: Site, behaviour: Behaviour, path_params: Mapping[str, str]) -> bool:
    """Whether this kind of Jira has the address, in the version asked for."""
    version = path_params.get("version", "2")
    is_served = version in ("2", "latest") or (version == "3" and site.is_cloud)
    if "cloud_id" in path_params and not site.is_cloud:
        return False
    return is_served and bool(behaviour.on & (On.CLOUD if site.is_cloud else On.DATA_CENTER))


async def _answered(site: Site, request: Request, behaviour: Behaviour) -> Response:
    raw = await request.body()
    caller, told = Caller(), {}
    try:
        check_site(site, request)
        caller = behaviour.login(request, site)
        told = _admitted(site, behaviour, caller)
        _check_content_type(site, request, raw, behaviour)
        response = behaviour.does(_call(site, request, raw, caller))
    except Refused as refusal:
        response = refusal.response()
    except RecursionError:  # nested far deeper than any parser takes
        response = unreadable().response()
    if caller.is_app and response.status_code != 429:
        site.traffic.charge(request.method, bytes(response.body))
    return _dressed(response, caller, told)


def _call(site: Site, request: Request, raw: bytes, caller: Caller) -> Call:
    site.origin = f"{request.url.scheme}://{request.url.netloc}"
    version, root = request.path_params.get("version", "2"), str(request.scope.get("root_path", ""))
    return Call(site, caller, version, site.origin, root, request=request, raw=raw)


def _admitted(site: Site, behaviour: Behaviour, caller: Caller) -> dict[str, str]:
    """What the answer tells of the limits. Raises: Refused, by a limit or a scope."""
    if not site.is_cloud:
        return site.traffic.per_user(caller.account.key if caller.account else "anonymous")
    is_gateway = behaviour.login is who_calls and caller.scopes is not None
    if is_gateway and not opens(caller.scopes or frozenset(), behaviour.method, behaviour.path):
        raise out_of_scope()
    told = site.traffic.burst(behaviour.method, behaviour.path.removeprefix(API))
    return told | (site.traffic.quota() if caller.is_app else {})


def _dressed(response: Response, caller: Caller | None = None, told: Mapping[str, str] | None = None) -> Response:
    response.headers["X-AREQUESTID"] = token_hex(16)
    response.headers["Atl-Traceid"] = token_hex(16)
    for name, value in {**(told or {}), **(caller.headers if caller else {})}.items():
        response.headers.setdefault(name, value)
    return response


def _check_content_type(site: Site, request: Request, raw: bytes, behaviour: Behaviour) -> None:
    media = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if not raw or media in behaviour.takes:
        return
    if "version" in request.path_params and not site.is_cloud:
        raise Refused(415, "", media=HTML)
    raise problem(415, "Content-Type is not supported.", request.url.path)


def _nowhere(site: Site, places: list[tuple[Behaviour, Route]]) -> Callable[[Request], Awaitable[Response]]:
    def is_known(method: str, path: str) -> bool:
        for behaviour, route in places:
            match, found = route.matches(_scope(method, path))
            if match is not Match.NONE and _is_here(site, behaviour, found["path_params"]):
                return True
        return False

    async def nowhere(request: Request) -> Response:
        try:
            check_site(site, request)
            if "cloud_id" in request.path_params and site.is_cloud:
                who_calls(request, site)  # the gateway asks before anything is looked for
        except Refused as refusal:
            return _dressed(refusal.response())
        if is_known(request.method, "/" + request.path_params["path"]):
            return _dressed(_wrong_method(site, request).response())
        return _dressed(_no_such_path(site, request).response())

    return nowhere


def _scope(method: str, path: str) -> dict[str, Any]:
    return {"type": "http", "path": path, "method": method, "root_path": "", "headers": []}


def _wrong_method(site: Site, request: Request) -> Refused:
    if site.is_cloud:
        return problem(405, f"Method {request.method} is not supported.", request.url.path)
    return Refused(405, "", media=HTML)


def _no_such_path(site: Site, request: Request) -> Refused:
    path = request.url.path
    if site.is_cloud:
        return problem(404, f"No endpoint {request.method} {path}.", path)
    return no_such_address(str(request.url))


def call_name(own: Iterable[BaseRoute]) -> Callable[[str, str, bytes], str]:
    """Names for the diary: ``POST /rest/api/2/issue/{key}/comment``, the same behind the gateway."""
    known = [route for route in own if isinstance(route, Route) and "{path:path}" not in route.path]

    def name_of(method: str, path: str, _: bytes) -> str:
        inner = "/" + path.split("/", 4)[4] if path.startswith("/ex/jira/") and path.count("/") >= 4 else path
        for route in known:
            match, found = route.matches(_scope(method, inner))
            if match is Match.FULL:
                return f"{method} {route.path.replace('{version}', found['path_params'].get('version', ''))}"
        return f"{method} {inner}"

    return name_of
