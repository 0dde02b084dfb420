"""Negative controls: deliberate bugs of Cabbie, each of which a test on the stand-ins has to notice."""
