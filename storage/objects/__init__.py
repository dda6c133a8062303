"""Evidence bytes."""
