"""Kill Cabbie at every boundary of the main story; the three systems must not be able to tell."""
