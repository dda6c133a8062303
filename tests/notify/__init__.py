"""Tests of messages that leave the house."""
