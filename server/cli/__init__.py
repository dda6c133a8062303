"""Owns the command `fieldvisit`: its group and what every command shares. Refuses to hold rules of the policy.

Commands are loaded when they are asked for, so that `fieldvisit score` starts without a web server's imports.
"""

from __future__ import annotations

from importlib import import_module

import click

_COMMANDS = {
    "address": "server.cli.address",
    "audit": "server.cli.audit",
    "import": "server.cli.import_file:import_file",
    "demo": "server.cli.demo",
    "keys": "server.cli.keys",
    "migrate": "server.cli.operate",
    "openapi": "server.cli.openapi",
    "outlines": "server.cli.outlines",
    "phone-file": "server.cli.phone_file:phone_file",
    "policy": "server.cli.policy",
    "rebuild": "server.cli.rebuild",
    "run": "server.cli.operate",
    "score": "server.cli.score",
    "serve": "server.cli.operate",
    "simulate": "server.cli.simulate",
    "tables": "server.cli.tables",
    "user": "server.cli.user",
    "verify": "server.cli.verify",
    "worker": "server.cli.operate",
}


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _, attribute = _COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), attribute or cmd_name)
        return command


@click.group(cls=_Commands)
def main() -> None:
    """Field visits, planned, evidenced and credited by the written policy."""
