"""Tests of the work after the answers."""
