"""Every call of the stories meets every fault; the three systems must not be able to tell in the end."""
