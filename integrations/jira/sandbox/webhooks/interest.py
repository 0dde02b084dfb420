"""Whether a webhook wants to hear of an event: its kind, its issue, the fields that changed."""

from integrations.jira.sandbox.events import Event
from integrations.jira.sandbox.jql import read_query
from integrations.jira.sandbox.jql_match import test_of
from integrations.jira.sandbox.site import Site
from integrations.jira.sandbox.view import everything
from integrations.jira.sandbox.webhooks.registry import Hook


def wants(site: Site, hook: Hook, event: Event) -> bool:
    if event.name not in hook.events:
        return False
    if hook.jql.strip() and event.issue and not test_of(everything(site), read_query(hook.jql).where)(event.issue):
        return False
    if hook.property_keys and event.property and event.property[0] not in hook.property_keys:
        return False
    if hook.field_ids and event.name == "jira:issue_updated":
        return event.change is not None and any(item.field_id in hook.field_ids for item in event.change.items)
    return True
