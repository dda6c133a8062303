"""The written policy as pure functions and frozen values: standard library only, no I/O, no clock, no
dice."""
