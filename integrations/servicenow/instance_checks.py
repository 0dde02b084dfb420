"""Whether an instance is set up the way Cabbie uses it: mandatory fields, choices."""

from collections.abc import Mapping

from bot.change.model import Level
from bot.ports import Check
from integrations.servicenow import fields
from integrations.servicenow.account_checks import Account, Question
from integrations.servicenow.connection import Connection
from integrations.servicenow.findings import good, listed, not_proven, wrong
from integrations.servicenow.lookups import choices_of, risk_value

SENT = frozenset(
    {"short_description", *fields.TEXTS, "risk", "impact", "start_date", "end_date", "cmdb_ci", "assignment_group"}
    | {"requested_by", "correlation_id", "correlation_display", "chg_model", "type"}
)
FILLED_IN = frozenset({"number", "state", "sys_id", "approval", "priority", "urgency", "opened_by", "opened_at"})
"""What ServiceNow gives a new change by itself."""


def mandatory(connection: Connection, _: Account) -> Check:
    query = "nameINtask,change_request^mandatory=true^active=true"
    rows = connection.rows("sys_dictionary", query, ("name", "element", "mandatory"), limit=500)
    ours = [row for row in rows if row.get("name") in ("task", "change_request")]
    names = {row.get("element", "") for row in ours if fields.is_true(row.get("mandatory", ""))} - {""}
    if not names:
        return not_proven("sys_dictionary shows no mandatory fields of changes", "Ask which fields a new change needs.")
    missing = names - SENT - FILLED_IN
    if missing:
        fix = "Give them a default value in ServiceNow, or make them optional for the change account."
        return wrong(f"A new change needs {listed(missing)}, which Cabbie does not send.", fix)
    return good(f"A new change needs {listed(names)}.")


def choices(element: str, wanted: Mapping[str, str]) -> Question:
    """wanted: value → the word we mean by it."""

    def question(connection: Connection, _: Account) -> Check:
        there = choices_of(connection, element)
        if not there:
            return not_proven(f"sys_choice shows no values of {element}", "Compare the choice list by hand.")
        missing = [f"{word} ({value})" for value, word in wanted.items() if value not in there]
        if missing:
            return wrong(f"It knows no {listed(missing)}.", f"Add them to the choices of {element}.")
        return good(f"It knows {listed([there[value] for value in wanted])}.")

    return question


def risks(connection: Connection, _: Account) -> Check:
    """By their labels: the numbers behind them differ between instances."""
    there = choices_of(connection, "risk")
    if not there:
        return not_proven("sys_choice shows no values of risk", "Compare the choice list by hand.")
    values = {level: risk_value(there, level) for level in Level}
    missing = [f"{level} ({value})" for level, value in values.items() if value not in there]
    if missing:
        return wrong(f"It knows no {listed(missing)}.", "Add them to the choices of risk.")
    return good(f"It knows {listed([there[value] for value in values.values()])}.")
