"""What an instance holds: tables, columns, choices, queries, seeds."""
