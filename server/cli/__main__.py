"""`python -m server.cli` is `fieldvisit`."""

from server.cli import main

main(prog_name="fieldvisit")
