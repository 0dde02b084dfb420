"""What a standard change takes from its template."""

from collections.abc import Collection, Mapping

from integrations.servicenow.sandbox import refusals
from integrations.servicenow.sandbox.data.schema import TABLES
from integrations.servicenow.sandbox.data.store import Record
from integrations.servicenow.sandbox.instance import Instance

# CHG reference, POST /change/standard/{template}: these come from the template and are ignored on input.
PLANS = ("backout_plan", "description", "implementation_plan", "test_plan")
# The rule that keeps them so later, and its sys_id, as refusals in public code quote it.
RESTRICT_FIELDS = ("Restrict fields from Standard Change", "5230b9179735ca504546f027f053af79")
OVERRIDERS = frozenset({"change_manager", "admin"})


def version_in_use(inst: Instance, producer: Record) -> Record | None:
    """The newest published version; None when the template or all of its versions are retired."""
    if producer["active"] != "true":
        return None
    published = inst.store.where("std_change_producer_version", std_change_producer=producer.sys_id, state="published")
    return max(published, key=lambda version: int(version["version"]), default=None)


def values_of(inst: Instance, producer: Record) -> dict[str, str]:
    """What the template presets, written like an encoded query: ``a=1^b=2^EQ``."""
    template = inst.store.find("sys_template", producer["template"])
    parts = template["template"].split("^") if template else []
    pairs = (part.partition("=") for part in parts if "=" in part)
    return {name: value for name, _, value in pairs if name in TABLES["change_request"].columns}


def may_override(inst: Instance, roles: Collection[str]) -> bool:
    """One integration's guide says that a change manager's plans win; the reference knows no exception."""
    return inst.switches["template_plans"] == "change manager's" and bool(OVERRIDERS & set(roles))


def check_plans(change: Record, values: Mapping[str, str], roles: Collection[str]) -> None:
    """A change made from a template keeps the template's plans.

    Raises: Refused."""
    is_from_template = change["type"] == "standard" and change["std_change_producer_version"]
    touched = [name for name in PLANS if name in values and values[name] != change[name]]
    if is_from_template and touched and not OVERRIDERS & set(roles):
        raise refusals.aborted(*RESTRICT_FIELDS)
