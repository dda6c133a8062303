"""Divisions of the country, geocoding, coordinate systems."""
