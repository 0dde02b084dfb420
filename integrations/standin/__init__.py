"""What every stand-in shares: the wire, the request diary, faults on demand, the seeded world."""
