// The search's keys: down from the field into what was found, up and down in it, Esc back; Enter is the link's own.

const field = document.getElementById("search");
const found = document.getElementById("found");
const hits = () => [...found.querySelectorAll("[data-hit]")];

function close() {
  found.replaceChildren();
}

function step(by) {
  const all = hits();
  const at = all.indexOf(document.activeElement) + by;
  if (at < 0) field.focus();
  else all[Math.min(at, all.length - 1)]?.focus();
}

if (field && found) {
  for (const place of [field, found]) {
    place.addEventListener("keydown", (event) => {
      if (event.isComposing || found.childElementCount === 0) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        step(event.key === "ArrowDown" ? 1 : -1);
      }
      if (event.key === "Escape") {
        // The first Esc closes what was found and keeps the words; the drawer behind it stays.
        event.preventDefault();
        event.stopPropagation();
        close();
        field.focus();
      }
    });
  }
  document.addEventListener("click", (event) => {
    const closes = event.target.closest("[data-closes=found]");
    if (closes || !event.target.closest(".bar-middle")) close();
    if (closes) field.focus();
  });
}
