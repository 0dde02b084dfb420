"""How fast it is: figures beside a baseline. Nothing here passes or fails."""
