"""The wire contract: what goes in and what comes out."""
