"""What a photo or a recording says of itself."""
