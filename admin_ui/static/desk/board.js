// The planning board by key and by hand: the chosen card goes to a team, elsewhere in its order, or waits again.
// Every move is the one form of the page; the server decides, and the board comes back as it is then.

const board = () => document.querySelector("[data-board]");
const chosen = () => document.querySelector("[data-card][data-chosen]");
const teamOf = (card) => card.closest("[data-team]").dataset.team;
let next = null;

function choose(card) {
  for (const other of document.querySelectorAll("[data-card][data-chosen]")) other.removeAttribute("data-chosen");
  if (!card) return;
  card.setAttribute("data-chosen", "");
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest" });
}

/** Of cards that wait the following one is chosen next, so that a list is worked through with one hand. */
function following(card) {
  if (teamOf(card)) return card.dataset.card;
  const waiting = [...document.querySelectorAll('[data-team=""] [data-card]:not([data-forbidden])')];
  const at = waiting.indexOf(card);
  return (waiting[at + 1] ?? waiting[at - 1])?.dataset.card ?? null;
}

function move(card, team, position) {
  if (!card) return;
  if ("forbidden" in card.dataset) {
    document.dispatchEvent(new CustomEvent("desk:say", { detail: card.querySelector(".remark.wrong")?.textContent.trim() }));
    return;
  }
  const form = document.getElementById("move");
  if (!form || (!team && !teamOf(card))) return;
  next = following(card);
  form.elements.visit_id.value = card.dataset.card;
  form.elements.team_id.value = team ?? "";
  form.elements.position.value = position ?? "";
  form.requestSubmit();
}

function shift(card, by) {
  const team = teamOf(card);
  if (team) move(card, team, Math.max(0, Number(card.dataset.order) + by));
}

document.addEventListener("keydown", (event) => {
  if (!board() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.querySelector("dialog[open]") || event.target.closest("input, textarea, select, summary")) return;
  const card = chosen();
  if (!card) return;
  if (event.key === "0") move(card, null);
  else if (/^[1-9]$/.test(event.key)) {
    const team = document.querySelector(`[data-number="${event.key}"]`);
    if (team) move(card, team.dataset.team);
  } else if (event.key === "u") shift(card, -1);
  else if (event.key === "d") shift(card, 1);
  else return;
  event.preventDefault();
});

let held = null;
document.addEventListener("dragstart", (event) => {
  held = event.target.closest?.("[data-card]");
  if (held) event.dataTransfer.setData("text/plain", held.dataset.card);
});
document.addEventListener("dragend", () => {
  held = null;
  unmark();
});

function unmark() {
  for (const one of document.querySelectorAll(".over")) one.classList.remove("over");
}

document.addEventListener("dragover", (event) => {
  const place = held && event.target.closest?.("[data-team]");
  if (!place) return;
  event.preventDefault();
  unmark();
  (event.target.closest("[data-order]") ?? place).classList.add("over");
});
document.addEventListener("drop", (event) => {
  const place = held && event.target.closest?.("[data-team]");
  if (!place) return;
  event.preventDefault();
  const before = event.target.closest("[data-order]");
  const card = held;
  unmark();
  if (before === card) return;
  if (place.dataset.team) move(card, place.dataset.team, before ? Number(before.dataset.order) : undefined);
  else move(card, null);
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id !== "board" && !event.detail.elt?.querySelector?.("[data-card]")) return;
  if (next) choose(document.querySelector(`[data-card="${next}"]`));
  next = null;
});
