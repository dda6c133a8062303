"""Owns the option --policy of the commands that score, and how they stop. Refuses a policy that cannot be used."""

import sys
from typing import Never

import click

from server.domain.policy.editions import HANDBOOK_BOOK, PolicyBook
from server.domain.policy.policy_documents import PolicyError, parse_policy


def read_policy(policy_file: str | None) -> PolicyBook:
    """The editions of a policy document, the handbook's without one; ends the command with 2 where it cannot."""
    if policy_file is None:
        return HANDBOOK_BOOK
    try:
        with open(policy_file, encoding="utf-8") as document:
            return parse_policy(document.read())
    except OSError as error:
        stop(f"{policy_file}: {error.strerror}")
    except UnicodeDecodeError:
        stop(f"{policy_file}: is no UTF-8")
    except PolicyError as error:
        stop(f"{policy_file}: {error}")


def stop(words: str) -> Never:
    """End the command with 2: the input cannot be read, or the usage is wrong."""
    click.echo(words, err=True)
    sys.exit(2)
