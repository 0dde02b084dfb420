"""What differs between machines (settings) and what the team decided (policy)."""
