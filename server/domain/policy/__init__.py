"""Sections 3 to 6 and 9 of the policy: editions, facts, clauses, attribution."""
