"""The desk: pages for dispatchers, managers, QA and IT."""
