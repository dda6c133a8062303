"""`fieldvisit user`: the first account, and help for those who are locked out."""

from __future__ import annotations

from datetime import datetime

import click

from server.cli.installed import installed
from server.domain.access import Post
from server.services import accounts


@click.group()
def user() -> None:
    """Accounts."""


@user.command()
@click.option("--username", required=True)
@click.option("--name", required=True, help="The person's name.")
@click.option("--employee-number", required=True)
@click.option("--post", "posts", required=True, multiple=True, type=click.Choice([p.value for p in Post]))
@click.option(
    "--agreement-signed-on",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help="S23: day of the signature.",
)
@click.password_option()
def create(
    username: str,
    name: str,
    employee_number: str,
    posts: tuple[str, ...],
    agreement_signed_on: datetime,
    password: str,
) -> None:
    """Open an account; its owner changes the password at the first login."""
    with installed() as installation, installation.house.units.write() as uow:
        accounts.install_grants(uow)
        accounts.check_new_password(uow, password)
        account = accounts.open_account(
            uow,
            {
                "username": username,
                "display_name": name,
                "posts": [Post(p) for p in posts],
                "employee_number": employee_number,
                "agreement_signed_on": agreement_signed_on.date(),
            },
            installation.house.passwords.hash(password),
        )
        uow.commit()
    click.echo(f"{account.username} {account.id}")


@user.command()
@click.argument("username")
@click.option("--reason", required=True)
def unlock(username: str, reason: str) -> None:
    """S3: end a lock before its time; the reason is logged."""
    with installed() as installation, installation.house.units.write() as uow:
        account = uow.accounts.by_username(username)
        if account is None:
            raise click.ClickException(f"no account is named {username}")
        accounts.unlock_account(uow, account, reason)
        uow.commit()
