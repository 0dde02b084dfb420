"""One double per port, shared; each keeps a diary of what it was asked."""
