"""`fieldvisit openapi`: the description of the API, as it is served."""

from __future__ import annotations

import json
import tempfile

import click

from server.app import create_app
from server.bootstrap import build
from server.settings import read_settings


@click.command()
def openapi() -> None:
    """Print the OpenAPI document."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(build(read_settings({"FIELDVISIT_DATA_DIR": folder}), wake=lambda: None))
        document = app.test_client().get("/api/v1/openapi.json").get_json()
    click.echo(json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True))
