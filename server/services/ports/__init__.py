"""What the use cases ask of the outside, one module a noun; the adapters that answer are named in bootstrap
alone."""
