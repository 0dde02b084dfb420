"""What the instance holds at its first start: the seeded world, and the base system's own rows."""

from collections.abc import Mapping
from typing import Any

from integrations.servicenow.sandbox.access.accounts import APPROVAL_ACCOUNT, CHANGE_ACCOUNT
from integrations.servicenow.sandbox.data.choices import CHOICES, RISKS
from integrations.servicenow.sandbox.data.schema import TABLES
from integrations.servicenow.sandbox.data.seed_operations import sow_operations
from integrations.servicenow.sandbox.data.store import Actor
from integrations.servicenow.sandbox.instance import Instance
from integrations.standin.world import Human, World, sys_id_of

MAINTENANCE = Actor("glide.maint", "")
# Base-system ids that public sources agree on.
STANDARD_MODEL = "e55d0bfec343101035ae3f52c1d3ae49"
MODELS = {
    "Normal": {"default_change_model": "true", "record_preset": "type=normal^EQ"},
    "Standard": {"record_preset": "type=standard^EQ"},
    "Emergency": {"record_preset": "type=emergency^EQ"},
    "Change Registration": {"available_in_ui": "false", "description": "Records a change. No approvals."},
}
ROLES = ("itil", "sn_change_read", "sn_change_write", "change_manager", "approval_admin", "admin", "x_cabbie_approval")
PROPERTIES = {
    "com.snc.change_management.enforce_data_requirements": "enforce_data_requirements",
    "com.snc.change_request.enable_unauthorized": "enable_unauthorized",
    "com.glide.attachment.max_size": "attachment_megabytes",
    "glide.attachment.extensions": "attachment_extensions",
    "glide.rest.max_content_length": "content_megabytes",
    "glide.invalid_query.returns_no_rows": "returns_no_rows",
    "glide.ui.risk_calculate_rule": "risk_calculate_rule",
}
FIXED_PROPERTIES = {
    "com.snc.change_management.change_model.type_compatibility": "false",
    "com.snc.change_request.event.state_updated.enabled": "false",
    "glide.sys.default.tz": "US/Pacific",
}
SHOWN_SWITCHES = (*PROPERTIES.values(), "mandatory_on_create", "approver_role", "risk_scale")
MANDATORY = (("change_request", "short_description"), ("change_task", "change_request"), ("sys_user", "user_name"))


def sow(inst: Instance, world: World) -> None:
    _roles(inst)
    _people(inst, world)
    _accounts(inst)
    _groups(inst, world)
    _services(inst, world["services"])
    _models(inst)
    sow_operations(inst, world.raw.get("servicenow", {}), MAINTENANCE)
    _choices(inst)
    _dictionary(inst)
    for name, value in {**dict.fromkeys(PROPERTIES, ""), **FIXED_PROPERTIES}.items():
        inst.store.insert("sys_properties", {"name": name, "value": value}, MAINTENANCE)


def refresh(inst: Instance) -> None:
    """Rows that show a switch."""
    shown = tuple(str(inst.switches[name]) for name in SHOWN_SWITCHES)
    if inst.shown == shown:
        return
    inst.shown = shown
    for name, switch in PROPERTIES.items():
        for row in inst.store.where("sys_properties", name=name):
            inst.store.rewrite(row, {"value": _setting(inst.switches[switch])})
    for row in inst.store.where("sys_dictionary", name="change_request"):
        is_demanded = row["element"] in inst.switches["mandatory_on_create"]
        is_mandatory = is_demanded or ("change_request", row["element"]) in MANDATORY
        inst.store.rewrite(row, {"mandatory": str(is_mandatory).lower()})
    values = {label: value for value, label in RISKS[inst.switches["risk_scale"]].items()}
    for row in inst.store.where("sys_choice", name="change_request", element="risk"):
        inst.store.rewrite(row, {"value": values.get(row["label"], row["value"])})
    role = inst.store.find("sys_user_role", sys_id_of("sys_user_role", "approver"))
    if role:
        inst.store.rewrite(role, {"name": inst.switches["approver_role"]})


def take_role(inst: Instance, user_id: str, role: str) -> None:
    for known in inst.store.where("sys_user_role", name=role):
        for held in inst.store.where("sys_user_has_role", user=user_id, role=known.sys_id):
            inst.store.delete(held)


def _setting(value: Any) -> str:
    return ",".join(value) if isinstance(value, list) else str(value).lower()


def give_role(inst: Instance, user_id: str, role: str) -> None:
    known = inst.store.where("sys_user_role", name=role)
    if known and not inst.store.where("sys_user_has_role", user=user_id, role=known[0].sys_id):
        about = {"user": user_id, "role": known[0].sys_id, "state": "active"}
        inst.store.insert("sys_user_has_role", about, MAINTENANCE)


def _roles(inst: Instance) -> None:
    for name in ROLES:
        inst.store.insert("sys_user_role", {"name": name}, MAINTENANCE, sys_id_of("sys_user_role", name))
    approver = {"name": inst.switches["approver_role"]}
    inst.store.insert("sys_user_role", approver, MAINTENANCE, sys_id_of("sys_user_role", "approver"))


def _people(inst: Instance, world: World) -> None:
    managers = world["groups"].get("Change Management", {}).get("members", ())
    for person in world.people.values():
        if person.servicenow:
            _user(inst, person)
            for role in (
                "itil",
                inst.switches["approver_role"],
                *(["change_manager"] if person.key in managers else []),
            ):
                give_role(inst, person.sys_id, role)


def _user(inst: Instance, person: Human) -> None:
    first, _, last = person.name.partition(" ")
    about = {
        "user_name": person.key,
        "name": person.name,
        "first_name": first,
        "last_name": last,
        "email": person.email,
        "title": person.title,
        "active": str(not person.deleted).lower(),
        "locked_out": "false",
        "web_service_access_only": "false",
    }
    inst.store.insert("sys_user", about, MAINTENANCE, person.sys_id)


def _accounts(inst: Instance) -> None:
    """Two machine users in GMT: one opens and moves changes, one records approvals."""
    for user_name, name, roles in (
        (CHANGE_ACCOUNT, "Cabbie (changes)", ("sn_change_write", "itil")),
        (APPROVAL_ACCOUNT, "Cabbie (approvals)", ("x_cabbie_approval", "sn_change_read")),
    ):
        about = {"user_name": user_name, "name": name, "time_zone": "GMT", "web_service_access_only": "true"}
        user = inst.store.insert("sys_user", about, MAINTENANCE, sys_id_of("sys_user", user_name))
        for role in roles:
            give_role(inst, user.sys_id, role)


def _groups(inst: Instance, world: World) -> None:
    users = {key: person.sys_id for key, person in world.people.items() if person.servicenow}
    for name, facts in world["groups"].items():
        about = {"name": name, "manager": users.get(facts.get("manager", ""), "")}
        sys_id = facts.get("sys_id") or sys_id_of("sys_user_group", name)
        inst.store.insert("sys_user_group", about, MAINTENANCE, sys_id)
        for key in facts["members"]:
            if key in users:
                inst.store.insert("sys_user_grmember", {"group": sys_id, "user": users[key]}, MAINTENANCE)


def _services(inst: Instance, services: Mapping[str, Mapping[str, str]]) -> None:
    for name, facts in services.items():
        group = inst.store.where("sys_user_group", name=facts.get("support_group", ""))
        owner = inst.store.find("sys_user", sys_id_of("sys_user", facts.get("owned_by", "")))
        about = {
            "name": name,
            "busines_criticality": facts.get("criticality", ""),
            "owned_by": owner.sys_id if owner else "",
            "support_group": group[0].sys_id if group else "",
        }
        inst.store.insert("cmdb_ci_service", about, MAINTENANCE, sys_id_of("cmdb_ci_service", name))


def _models(inst: Instance) -> None:
    for name, facts in MODELS.items():
        about = {"name": name, "sys_name": name, "table_name": "change_request", "state_field": "state", **facts}
        sys_id = STANDARD_MODEL if name == "Standard" else sys_id_of("chg_model", name)
        inst.store.insert("chg_model", about, MAINTENANCE, sys_id)


def _choices(inst: Instance) -> None:
    for table, elements in CHOICES.items():
        for element, labels in elements.items():
            for sequence, (value, label) in enumerate(labels.items()):
                about = {"name": table, "element": element, "value": value, "label": label, "language": "en"}
                inst.store.insert("sys_choice", {**about, "sequence": str(sequence)}, MAINTENANCE)


def _dictionary(inst: Instance) -> None:
    for table in TABLES.values():
        for column in table.columns.values():
            about = {
                "name": table.name,
                "element": column.name,
                "column_label": column.name.replace("_", " ").capitalize(),
                "internal_type": column.kind,
                "reference": column.refers,
                "max_length": str(column.length),
                "default_value": column.default,
                "read_only": str(column.is_read_only).lower(),
                "mandatory": str((table.name, column.name) in MANDATORY).lower(),
            }
            inst.store.insert("sys_dictionary", about, MAINTENANCE)
