"""What we remember: tables, the append-only ledger, and reads for everybody."""
