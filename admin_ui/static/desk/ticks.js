// Ticks on the rows of a list that may be exported; a list that ticks its rows for something else keeps its own.

const form = document.querySelector("form[data-ticks]");

const addressOf = (row) => row.querySelector("a.open")?.getAttribute("href");
const tickOf = (row) => row.querySelector("input[type=checkbox]");

function tickable() {
  for (const row of document.querySelectorAll("[data-rows] tr[data-row]")) {
    if (!addressOf(row) || tickOf(row)) continue;
    const tick = document.createElement("input");
    tick.type = "checkbox";
    tick.setAttribute("aria-label", `${form.dataset.ticks} ${row.querySelector("a.open").textContent}`);
    row.querySelector("td").prepend(tick, " ");
  }
}

if (form) {
  tickable();
  document.addEventListener("htmx:afterSwap", tickable);
  form.addEventListener("submit", () => {
    const ticked = [...document.querySelectorAll("[data-rows] tr[data-row]")].filter((row) => tickOf(row)?.checked);
    form.elements.chosen.value = ticked.map(addressOf).join(" ");
  });
}
