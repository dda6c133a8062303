"""Use cases that no route shows by itself: jobs, holds that follow from facts."""
