"""A ServiceNow instance on loopback: change requests, approvals and evidence, answering like the real one."""

from integrations.servicenow.sandbox.access.accounts import Accounts
from integrations.servicenow.sandbox.access.condition import under_conditions
from integrations.servicenow.sandbox.access.grants import Grants
from integrations.servicenow.sandbox.api.routes import call_name, rest_routes
from integrations.servicenow.sandbox.control import Control
from integrations.servicenow.sandbox.coverage import ABSENT as ABSENT
from integrations.servicenow.sandbox.coverage import COVERAGE as COVERAGE
from integrations.servicenow.sandbox.data import seed
from integrations.servicenow.sandbox.engine import history
from integrations.servicenow.sandbox.engine.outbound import Outbound
from integrations.servicenow.sandbox.instance import Instance
from integrations.servicenow.sandbox.report import report
from integrations.servicenow.sandbox.screens.consent import Consent
from integrations.servicenow.sandbox.screens.pages import Pages
from integrations.servicenow.sandbox.screens.people import Screens
from integrations.standin.clock import Clock
from integrations.standin.secrets import Secrets
from integrations.standin.wire import Standin
from integrations.standin.world import World


def build(world: World, secrets: Secrets, clock: Clock | None = None) -> Standin:
    """One instance on the wire, seeded from the world; without a clock it has one of its own."""
    return open_instance(world, secrets, clock)[1]


def open_instance(world: World, secrets: Secrets, clock: Clock | None = None) -> tuple[Instance, Standin]:
    """The instance itself as well, for those who look inside."""
    inst = Instance(secrets, clock or Clock())
    seed.sow(inst, world)
    accounts = Accounts(inst)
    grants = Grants(inst, accounts)
    consent = Consent(inst, grants)
    outbound = Outbound(inst)
    history.keep(inst)
    inst.store.watchers.append(outbound.heard)
    routes = under_conditions(inst, [*rest_routes(inst, accounts, grants), *consent.routes(), *Pages(inst).routes()])
    standin = Standin(
        "servicenow",
        routes=routes,
        coverage=COVERAGE,
        absent=ABSENT,
        state=lambda: report(inst),
        control=[*consent.control(), *Control(inst, outbound).routes(), *Screens(inst, accounts).routes()],
        switches=inst.switches,
        namer=lambda method, path, _: call_name(routes, method, path),
    )
    return inst, standin
