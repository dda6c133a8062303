// The player of a recording: its waveform is a place to seek in, its speed is chosen, what was heard is shaded.

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
