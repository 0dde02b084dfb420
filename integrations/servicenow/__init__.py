"""ServiceNow: change requests, approvals, evidence."""
