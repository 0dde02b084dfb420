"""Kill Cabbie at every boundary of the stories; the three systems must not be able to tell."""
