"""A phone without room (V2): warned before, it stops cleanly, keeps what is there, and the visit can still be ended."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.phone.conftest import Field
from tests.phone.test_visit import begin, check_out, evidence_of, wait_for_entries, wait_until_sent
from tests.support.cast import AGENT, QA
from tests.support.phone_app import Phone

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("environment", ["sqlite"], indirect=True)]

MIB = 1 << 20
# Room for the reserve (14 MiB), the app and a short visit, and for nothing else.
ROOM = 24 * MIB
_FILL = """most => new Promise((done, failed) => {
  const open = indexedDB.open('other things', 1);
  open.onupgradeneeded = () => open.result.createObjectStore('things', {autoIncrement: true});
  open.onerror = () => failed(open.error);
  open.onsuccess = () => {
    const db = open.result;
    const put = (size, left) => {
      if (size < 1 << 10 || left <= 0) { db.close(); return done(); }
      const bytes = new Uint8Array(size);
      for (let at = 0; at < size; at += 1 << 16) crypto.getRandomValues(bytes.subarray(at, at + (1 << 16)));
      const turn = db.transaction('things', 'readwrite');
      turn.objectStore('things').put(bytes.buffer);
      turn.oncomplete = () => put(size, left - size);
      turn.onabort = () => put(size >> 1, left);
    };
    put(1 << 20, most);
  };
})"""
# Of the copy's right edge, where no word reaches: its lowest and its highest pixels.
_BRIGHTNESS = """() => {
  const copy = document.querySelector('[data-test=copy]');
  const brush = copy.getContext('2d');
  return [copy.height - 3, 3].map(y => {
    const [red, green, blue] = brush.getImageData(copy.width - 3, y, 1, 1).data;
    return red + green + blue;
  });
}"""
_CLEAR = """() => new Promise((done, failed) => {
  const gone = indexedDB.deleteDatabase('other things');
  gone.onsuccess = () => done();
  gone.onerror = () => failed(gone.error);
})"""


def look_at_a_photo(phone: Phone) -> None:
    """What was taken is seen at once, with a dark band of words on the copy; the chain holds the photo itself."""
    phone.tap("next")
    phone.tap("shoot")
    phone.tap("look")
    expect(phone.at("copy")).to_be_visible()
    below, above = phone.page.evaluate(_BRIGHTNESS)
    assert below < above / 2
    phone.picture("photo-copy")
    assert phone.violations() == []
    phone.page.goto(f"{phone.url}/app/#/today")
    phone.tap("visit")


def fill(phone: Phone) -> None:
    """Other things take all the room that is left."""
    phone.page.evaluate(_FILL, ROOM)


def test_a_phone_that_is_full_warns_stops_keeps_what_it_has_and_ends_its_visit(field: Field) -> None:
    phone = field.take(room=ROOM)
    phone.enter(AGENT)
    phone.wait_until_installed()
    phone.offline()
    begin(phone)
    look_at_a_photo(phone)
    wait_for_entries(phone, 2)
    fill(phone)
    phone.sees("空间将满")  # with the next segment, which takes the first reserve
    kept = len(phone.on_disk("entries"))
    assert kept > 2, "what came after the warning was kept"
    phone.picture("room-little")

    fill(phone)
    phone.sees("空间已满，录音已停止")
    kept = len(phone.on_disk("entries"))
    phone.tap("next")
    phone.tap("shoot")
    expect(phone.at("no-room")).to_be_visible()
    phone.picture("room-none")
    assert phone.violations() == []
    assert len(phone.on_disk("entries")) == kept, "a photo that found no room is no photo"
    phone.page.goto(f"{phone.url}/app/#/visit/{field.site.visit.id}")
    check_out(phone)

    phone.page.evaluate(_CLEAR)
    phone.offline(False)
    wait_until_sent(phone)
    assert {item["kind"] for item in evidence_of(field)} == {"photo_far", "recording"}
    chain = field.desk.ok(field.desk.get(QA, f"{field.site.path}/chain"))
    assert (chain["findings"], chain["awaited"]) == ([], [])
    assert field.site.shown(AGENT)["moment"]["ended_at"] is not None
