"""The sandbox in a browser: Slack as people know it, with ServiceNow, Jira and the ledger beside it."""
