"""What went into a release: tags, commits, and the people who wrote them."""
