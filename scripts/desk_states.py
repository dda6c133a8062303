"""What a page of the desk shows only after something was done there: what is refused, what is answered, what is opened.

    name   login   address   what is done there, in turn

`SELECTOR` is clicked, `SELECTOR := WORDS` is filled in or chosen, `key KEY` is pressed, `forget` takes the login away
as its end does, `alone` takes the network away, `older SELECTOR` is a form that was opened before somebody else's
change, `show SELECTOR` is a dialog that comes by itself. Owns the list and how it is acted. Takes no picture.
"""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page as Window

from scripts.guide_pictures import sign_in_at_desk

_NOBODY = "-"
_SETTLES = 500  # ms
_NO_ONE = "00000000-0000-7000-8000-000000000000"
_STATES = f"""
door                 -            /desk/sign-in
door_refused         -            /desk/sign-in > #username := nobody9 > #password := wrong2026 > button.main
door_password        -            /desk/password
door_differs         -            /desk/password > #username := nobody9 > #password := wrong2026
  > #new_password := other2026 > #again := another2026 > button.main
no_page              dispatcher1  /desk/nowhere
no_case              dispatcher1  /desk/cases/{_NO_ONE}
no_such_filter       dispatcher1  /desk/papers?listed=nowhere
no_permission        collector1   /desk/jobs
menu                 dispatcher1  /desk > header .menu summary
help                 dispatcher1  /desk/requests?state=filed > key ?
locked               dispatcher1  /desk > show #lock
columns              dispatcher1  /desk/requests > .list-tools details >> nth=1 >> summary
filters              dispatcher1  /desk/requests > .list-tools details >> nth=0 >> summary
export               manager1     /desk/leave > details.export summary
drawer               dispatcher1  /desk/requests?state=filed > [data-row] a.open
clause_in_drawer     dispatcher1  /desk/requests?state=filed > [data-row] a.open > #drawer a.clause
changed_by_other     dispatcher1  /desk/requests?state=filed > [data-row] a.open > older #drawer [name=version]
  > #drawer [data-key=a]
login_over           dispatcher1  /desk/requests?state=filed > [data-row] a.open > forget > #drawer [data-key=a]
no_network           dispatcher1  /desk/requests?state=filed > [data-row] a.open > alone > #drawer [data-key=a]
exception_drawer     dispatcher1  /desk/requests?state=draft&waiting_waivers=true > [data-row] a.open
accepted             dispatcher1  /desk/requests?state=filed > [data-row] a.open > #drawer [data-key=a]
batch_done           dispatcher1  /desk/requests?state=filed > [data-row] input >> nth=0 > [data-row] input >> nth=1
  > #batch button > select >> nth=0 := return > td [name^=reason] >> nth=0 := 请补充门牌号
  > select >> nth=1 := accept > main form button.main
batch_refused        dispatcher1  /desk/requests?state=filed > [data-row] input >> nth=0 > #batch button
  > select >> nth=0 := refuse > main form button.main
found                dispatcher1  /desk > #search := E-0048 > key Enter
found_nothing        dispatcher1  /desk > #search := 查无此人 > key Enter
papers_taken_back    dispatcher1  /desk/papers?listed=out > .pick input >> nth=0 > .pick input >> nth=1
  > #ticked button
papers_none_ticked   dispatcher1  /desk/papers?listed=out > #ticked button
counterfoils_back    dispatcher1      /desk/counterfoils > .pick input >> nth=0 > #ticked button
unmasked             manager1     /desk/cases > a.open > details:has(#unmask-purpose) summary
  > #unmask-purpose := 核对身份 > form:has(#unmask-purpose) button
listening            qa1          /desk/visits?state=completed > a.open
  > .listen [name=purpose] := 抽查话术 > .listen button
typed_address        collector3   /desk/requests?state=draft > [data-row] a.open > #drawer a.button
  > #new-text := 郑州市金水区花园路39
failed_planned_again dispatcher1  /desk/visits?state=failed > a.open > form[action$=plan-again] button
device_code          admin1       /desk/devices > a.open > form[action$=code] button
device_retired       admin1       /desk/devices > a.open > details:has(form[action$=retire]) summary
device_key_revoked   it1          /desk/devices > a.open > details:has(form[action$=revoke]) summary
account_new          personnel1   /desk/people > details.asked summary
account_of_agent     it1          /desk/people?post=field_agent > a.open > details:has(form[action$=leave]) summary
day_checked          it1          /desk/daily-checks > [data-row] form button
robot_new            it1          /desk/webhooks > details:has(#robot-name) summary
jobs_waiting         it1          /desk/jobs?state=waiting
text_typed           dispatcher1  /desk/texts > #text-name := 催告 > #text-body := 再不还钱就让警察上门
case_stopped         dispatcher1  /desk/cases > a.open > details:has(#hold-reason) summary
pack_password        it1          /desk/packs?state=ready > a.open > form[action$=password] button
simulated            gm1          /desk/simulator > form button.main
"""


@dataclass(frozen=True, slots=True)
class State:
    """What is done, and by whom; `login` is empty for whoever is not signed in."""

    name: str
    login: str
    address: str
    acts: tuple[str, ...]


def states() -> list[State]:
    found = []
    for line in _STATES.strip().replace("\n  >", " >").splitlines():
        (name, login, rest) = line.split(maxsplit=2)
        address, *acts = rest.split(" > ")
        found.append(State(name, "" if login == _NOBODY else login, address, tuple(acts)))
    return found


def act(window: Window, url: str, state: State) -> None:
    """Bring the window to that state."""
    window.on("dialog", lambda dialog: dialog.accept())
    if state.login:
        sign_in_at_desk(window, url, state.login)
    window.goto(url + state.address)
    for one in state.acts:
        window.wait_for_load_state("networkidle")
        _do(window, one)
        window.wait_for_timeout(_SETTLES)  # what htmx asks for has not begun yet when the click is over
    for loaded in ("load", "networkidle"):
        window.wait_for_load_state(loaded)  # type: ignore[arg-type]


def _do(window: Window, one: str) -> None:
    selector, fills, words = one.partition(" := ")
    kind, _, of = one.partition(" ")
    if one == "forget":
        window.context.clear_cookies(name="desk_access")
    elif one == "alone":
        window.context.set_offline(True)
    elif kind == "key":
        window.keyboard.press(of)
    elif kind == "show":
        window.locator(of).evaluate("dialog => dialog.showModal()")
    elif kind == "older":
        window.locator(of).first.evaluate("field => { field.value = 0; }")
    elif not fills:
        window.locator(selector).first.click()
    elif window.locator(selector).first.evaluate("one => one.tagName") == "SELECT":
        window.locator(selector).first.select_option(words)
    else:
        window.locator(selector).first.press_sequentially(words)
