"""Use cases: a file per noun, a function per verb. They know ports, no framework."""
