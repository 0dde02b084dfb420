"""Strings that mean harm, through every input into every sink; addresses that lead elsewhere."""
