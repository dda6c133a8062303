"""The demo branch: an invented firm of three months, made from a seed by the product's own use cases.

It knows no table: what it makes went through the same doors as a real firm's work, with a clock that it moves.
"""
