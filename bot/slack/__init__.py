"""Where people talk: what Slack sends us, and what we show there."""
