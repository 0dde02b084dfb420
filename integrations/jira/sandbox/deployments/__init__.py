"""Deployments as Jira Software shows them beside its issues, and the gate that Jira Service Management keeps."""
