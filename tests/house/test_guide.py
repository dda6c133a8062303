"""The guide's pictures: each is there, each is shown, and whoever it is taken as may open its page."""

from __future__ import annotations

import pytest
from flask import Flask

from admin_ui.page import PAGES
from scripts.guide_pictures import GUIDE, Picture, pictures
from server.demo.load import SEED
from server.demo.names import Inventor
from server.demo.staff import staff
from server.domain.access import SHIPPED, Permission

ASKED = pictures()
POSTS = {member.username: member.post for member in staff(Inventor(SEED))}


def test_each_picture_is_there_and_shown() -> None:
    there = {file.resolve() for file in (GUIDE / "pictures").iterdir()}
    assert {picture.file for picture in ASKED} == there


@pytest.mark.parametrize("picture", ASKED, ids=lambda picture: picture.file.stem)
def test_whoever_it_is_taken_as_may_open_it(application: Flask, picture: Picture) -> None:
    endpoint, _ = application.url_map.bind("").match(picture.path.split("?")[0])
    if picture.is_of_phone:
        assert endpoint == "phone_app.start"
        return
    page = PAGES[endpoint.removeprefix("desk.")]
    grants = SHIPPED[POSTS[picture.login]]
    assert any(need is Permission.SELF or need in grants for need in page.needs), page.name
