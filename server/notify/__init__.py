"""Messages that leave the house: group robots, text messages."""
