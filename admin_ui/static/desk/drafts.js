// Suggestions beside an address that is being typed are taken by a key: ↓ goes to them, Enter takes one, Esc goes back.

const suggestionsOf = (field) => [...document.querySelectorAll(`#${CSS.escape(field.dataset.suggested)} [data-takes]`)];
const fieldOf = (button) => document.getElementById(button.closest("[data-of]").dataset.of);

function take(button) {
  const field = fieldOf(button);
  field.value = button.dataset.takes;
  field.focus();
  // The check is asked again, so that what was taken is judged like what is typed.
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-takes]");
  if (button) take(button);
});

function amongSuggestions(event, button) {
  const all = suggestionsOf(fieldOf(button));
  const at = all.indexOf(button);
  if (event.key === "ArrowDown") all[Math.min(at + 1, all.length - 1)].focus();
  else if (event.key === "ArrowUp" && at > 0) all[at - 1].focus();
  else fieldOf(button).focus();
}

// Before the desk's own keys: Esc on a suggestion leads back to the field and closes nothing.
document.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const button = event.target.closest("[data-takes]");
  if (button && ["ArrowDown", "ArrowUp", "Escape"].includes(event.key)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    amongSuggestions(event, button);
    return;
  }
  const field = event.target.closest("[data-suggested]");
  if (!field || event.key !== "ArrowDown") return;
  const [first] = suggestionsOf(field);
  if (!first) return;
  event.preventDefault();
  first.focus();
}, true);
