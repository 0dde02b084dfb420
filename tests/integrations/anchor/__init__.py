"""Where the ledger's head is left."""
