"""What the base system does to a change: models, gates, approvals, tasks, holds."""
