"""Rules of the domain, one file a noun."""
