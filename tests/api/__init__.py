"""One test file an endpoint module."""
