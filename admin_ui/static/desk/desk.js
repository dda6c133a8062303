// The desk's keys, drawer, notes and announcements; what the server sends is only ever put in by htmx, as markup of ours.

const drawer = document.getElementById("drawer");
const note = document.getElementById("note");
const said = document.getElementById("said");
const CSRF = /(?:^|; )desk_csrf=([^;]*)/;
const SAID_FOR = 6000;

/** Rows that `j` and `k` walk. */
const rows = () => [...document.querySelectorAll("[data-rows] [data-row]")];
const isTyping = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;

/** A row of a table says so to readers of screens too; a card of a board is no row that may. */
function mark(row, chosen) {
  row.toggleAttribute("data-chosen", chosen);
  if (row.tagName !== "TR") return;
  if (chosen) row.setAttribute("aria-selected", "true");
  else row.removeAttribute("aria-selected");
}

function select(row) {
  for (const other of rows()) mark(other, false);
  if (!row) return;
  mark(row, true);
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = rows();
  const at = all.findIndex((row) => row.hasAttribute("data-chosen"));
  select(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)]);
}

/** The address tells which drawer is open, so that a reload finds it open again. */
function remember(id) {
  const address = new URL(location.href);
  if (id) address.searchParams.set("open", id);
  else address.searchParams.delete("open");
  history.replaceState(history.state, "", address);
}

function closeDrawer() {
  if (!drawer || drawer.childElementCount === 0) return;
  drawer.replaceChildren();
  remember(null);
  const chosen = rows().find((row) => row.hasAttribute("data-chosen"));
  if (chosen) chosen.focus();
}

const selected = () => rows().find((row) => row.hasAttribute("data-chosen"));
const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  Enter: () => selected()?.querySelector("a.open")?.click(),
  x: () => selected()?.querySelector("input[type=checkbox]")?.click(),
  a: () => document.querySelector("[data-key=a]")?.click(),
  r: () => document.querySelector("[data-key=r]")?.focus(),
  "/": () => document.getElementById("search")?.focus(),
  "?": () => document.getElementById("help")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") {
    if (isTyping(event.target)) event.target.blur();
    else closeDrawer();
    return;
  }
  if (isTyping(event.target)) return;
  // Enter on a button or a link is that button's own.
  if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

document.addEventListener("click", (event) => {
  const closer = event.target.closest("[data-closes=drawer]");
  if (closer) closeDrawer();
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  const row = event.target.closest("[data-rows] [data-row]");
  if (row) select(row);
  const link = event.target.closest("[data-drawer]");
  if (link) remember(link.dataset.drawer);
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-prints]")) window.print();
});

// What cannot be taken back is asked once more.
document.addEventListener("submit", (event) => {
  const sure = event.target.dataset.sure;
  if (sure && !window.confirm(sure)) event.preventDefault();
});

// Read at each request: whoever signed in again in another window goes on with what was typed here.
document.addEventListener("htmx:configRequest", (event) => {
  const token = CSRF.exec(document.cookie);
  if (token) event.detail.headers["X-CSRF-TOKEN"] = decodeURIComponent(token[1]);
});

let silence = 0;
function say(words) {
  if (!said || !words) return;
  said.textContent = words;
  clearTimeout(silence);
  silence = setTimeout(() => { said.textContent = ""; }, SAID_FOR);
}
document.addEventListener("desk:say", (event) => say(event.detail));

document.addEventListener("htmx:afterSwap", (event) => {
  const target = event.detail.target;
  if (target.id === "note-body" && note && !note.open) note.showModal();
  if (target.id !== "drawer") return;
  const sheet = target.querySelector(".sheet");
  say(sheet?.dataset.said);
  target.scrollTop = 0;
  if (sheet && "changed" in sheet.dataset) document.body.dispatchEvent(new Event("desk:changed"));
});

// A list that was read anew keeps the place of whoever works through it: the row that follows the decided one.
let place = -1;
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id === "list") place = rows().indexOf(selected());
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id !== "list" || place < 0) return;
  const all = rows();
  select(all[Math.min(place, all.length - 1)]);
  place = -1;
});
for (const kind of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(kind, () => say(document.body.dataset.offline));
}

document.querySelector(".rail [aria-current]")?.scrollIntoView({ block: "nearest" });
