"""Jira: reading the stories of a deploy, and telling them about their change."""
