"""What the API and the pages share: the life of a request, who asks, how a problem is told."""
