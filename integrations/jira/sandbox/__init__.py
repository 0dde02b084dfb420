"""A Jira for tests and the sandbox: Cloud or Data Center by a switch, on the vendor's own wire."""

from integrations.jira.sandbox import (
    bulk_properties,
    catalogs,
    comments,
    editing,
    entity_properties,
    issues,
    page,
    people,
    projects,
    remote_links,
    search,
    search_classic,
    server,
    service_desk,
    tokens,
    transitions,
    versions,
)
from integrations.jira.sandbox.control import control_routes
from integrations.jira.sandbox.coverage import ABSENT, COVERAGE
from integrations.jira.sandbox.deployments import intake, reading
from integrations.jira.sandbox.door import call_name, routes
from integrations.jira.sandbox.seeds import store_of
from integrations.jira.sandbox.site import Site
from integrations.jira.sandbox.state import state_of
from integrations.jira.sandbox.webhooks import admin, dynamic
from integrations.jira.sandbox.webhooks.courier import Courier
from integrations.standin.clock import Clock
from integrations.standin.secrets import Secrets
from integrations.standin.wire import Standin
from integrations.standin.world import World

__all__ = ["ABSENT", "COVERAGE", "build"]

PARTS = (
    server,
    projects,
    search,
    search_classic,
    issues,
    remote_links,
    comments,
    entity_properties,
    transitions,
    page,
    admin,
    dynamic,
    editing,
    catalogs,
    people,
    versions,
    bulk_properties,
    service_desk,
    tokens,
    intake,
    reading,
)
READS_BY_POST = (
    "/search",
    "/search/jql",
    "/search/approximate-count",
    "/issue/bulkfetch",
    "/comment/list",
    "/oauth/token",
)


def build(world: World, secrets: Secrets, clock: Clock | None = None) -> Standin:
    """A site with the seeded issues, and our account in it; without a clock it has one of its own."""
    site = Site(store_of(world, clock), secrets)
    courier = Courier(site)
    own = routes(site, [behaviour for part in PARTS for behaviour in part.BEHAVIOURS])
    standin = Standin(
        "jira",
        routes=own,
        coverage=COVERAGE,
        state=lambda: state_of(site),
        control=control_routes(site, courier, lambda: standin.diary),
        switches=site.switches,
        namer=call_name(own),
        is_effect=_is_effect,
        absent=ABSENT,
        clock=site.store.clock,
    )
    return standin


def _is_effect(call: str) -> bool:
    return not call.startswith(("GET ", "HEAD ", "OPTIONS ")) and not call.endswith(READS_BY_POST)
