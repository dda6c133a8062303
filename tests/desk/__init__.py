"""The desk: pages, forms, words, journeys in a browser."""
