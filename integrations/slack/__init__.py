"""Slack: how Cabbie talks to the workspace, and a stand-in that answers like one."""
