"""Messages that leave the house: group robots over HTTPS, to allow-listed hosts alone (S15)."""
