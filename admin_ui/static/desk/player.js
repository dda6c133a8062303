// The player of a recording: its waveform is a place to seek in, its speed is chosen, what was heard is shaded; a moment
// is marked by a button or by `m`, and each mark is jumped to.

const playerOf = (element) => element.closest("[data-player]");
const WIDTH = 600;

document.addEventListener("click", (event) => {
  const player = playerOf(event.target);
  if (!player) return;
  const audio = player.querySelector("audio");
  const speed = event.target.closest("[data-speed]");
  if (speed) {
    audio.playbackRate = Number(speed.dataset.speed);
    for (const other of player.querySelectorAll("[data-speed]")) {
      other.setAttribute("aria-pressed", String(other === speed));
    }
    return;
  }
  const jump = event.target.closest("[data-jump]");
  if (jump && audio) audio.currentTime = Number(jump.dataset.jump) / 1000;
  if (event.target.closest("[data-mark-now]")) markNow(player);
  const wave = event.target.closest("[data-wave]");
  if (!wave) return;
  const box = wave.getBoundingClientRect();
  const length = audio.duration || Number(player.dataset.length) / 1000;
  audio.currentTime = ((event.clientX - box.left) / box.width) * length;
});

document.addEventListener("timeupdate", (event) => {
  const player = playerOf(event.target);
  const heard = player?.querySelector("[data-heard]");
  if (!heard) return;
  const length = event.target.duration || Number(player.dataset.length) / 1000;
  heard.setAttribute("width", String((event.target.currentTime / length) * WIDTH));
}, true);

/** 1:02:07.5, as the field of a mark takes it. */
function clockOf(seconds) {
  const tenths = Math.floor(seconds * 10);
  const whole = Math.floor(tenths / 10);
  const two = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  const head = minutes < 60 ? `${minutes}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}`;
  return `${head}:${two(whole % 60)}.${tenths % 10}`;
}

/** The moment is taken when the key is pressed, for a word takes longer to write than to hear. */
function markNow(player) {
  const form = player.querySelector("[data-mark]");
  const audio = player.querySelector("audio");
  if (!form) return;
  if (audio) form.elements.at.value = clockOf(audio.currentTime);
  form.elements.words.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "m" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]")) return;
  const players = [...document.querySelectorAll("[data-player]")];
  const sounding = players.find((one) => one.querySelector("audio")?.paused === false);
  const player = playerOf(event.target) ?? sounding ?? players[0];
  if (!player) return;
  event.preventDefault();
  markNow(player);
});

// The form comes anew with the list; whoever marks goes on by key.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id.startsWith("marks-")) event.detail.target.querySelector("[data-mark-now]")?.focus();
});
