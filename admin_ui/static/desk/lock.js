// S18: without a key, a move or a touch for the policy's seconds the page is covered and the login ends; windows of one
// browser count together. A recording that is heard is work. The clock is compared, for a machine that sleeps runs no timer.

const cover = document.getElementById("lock");
const idle = Number(document.body.dataset.idle) * 1000;
const CSRF = /(?:^|; )desk_csrf=([^;]*)/;
const TELL_EVERY = 1000;
const WAITS = 10000;
const others = "BroadcastChannel" in window ? new BroadcastChannel("desk-idle") : null;
let last = Date.now();
let told = 0;
let timer = 0;
let locked = false;

const token = () => decodeURIComponent(CSRF.exec(document.cookie)?.[1] ?? "");

function close() {
  if (locked) return;
  locked = true;
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  for (const playing of document.querySelectorAll("audio")) playing.pause();
  cover.showModal();
}

function lock() {
  if (locked) return;
  close();
  others?.postMessage("locked");
  // The old login is over before a new one begins, or the answer to the lock would take the new one's cookies away.
  const button = document.querySelector("#unlock button");
  button.disabled = true;
  const options = { method: "POST", headers: { "X-CSRF-TOKEN": token() }, signal: AbortSignal.timeout(WAITS) };
  fetch("/desk/lock", options).catch(() => {}).finally(() => { button.disabled = false; });
}

/** Forms below were made for the login that ended: they go on with the new one's token. */
function open() {
  for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = token();
  document.getElementById("lock-told").replaceChildren();
  document.getElementById("lock-password").value = "";
  locked = false;
  cover.close();
  last = Date.now();
  watch();
}

function watch() {
  clearTimeout(timer);
  if (locked) return;
  const left = last + idle - Date.now();
  if (left <= 0) lock();
  else timer = setTimeout(watch, left);
}

function active() {
  if (locked) return;
  if (Date.now() - last >= idle) {
    lock(); // the machine slept: the first key after it is no sign that it is the same person
    return;
  }
  last = Date.now();
  if (last - told < TELL_EVERY) return;
  told = last;
  others?.postMessage("active");
}

if (cover && idle) {
  for (const kind of ["keydown", "pointerdown", "pointermove", "wheel", "touchstart", "timeupdate"]) {
    document.addEventListener(kind, active, { capture: true, passive: true });
  }
  document.addEventListener("visibilitychange", watch);
  others?.addEventListener("message", (event) => {
    if (event.data === "locked") close();
    else if (event.data === "open" && locked) open();
    else if (event.data === "active" && !locked) last = Date.now();
  });
  cover.addEventListener("cancel", (event) => event.preventDefault());
  cover.addEventListener("close", () => {
    if (locked) cover.showModal(); // a second Esc closes any dialog, whatever was prevented before
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (locked && !cover.contains(event.detail.elt)) event.preventDefault();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt.id !== "unlock" || event.detail.xhr.status !== 204) return;
    others?.postMessage("open");
    open();
  });
  watch();
}
