// A board that keeps itself up to date: the edge says that something changed, then the page asks for its part.
const board = document.querySelector(".hh-board");
const lanes = board.querySelector(".hh-lanes");
const sign = document.querySelector(".hh-live");
const clock = document.querySelector("[data-clock]");
let asking = false;
let again = false;

function draw() {
  for (const bar of lanes.querySelectorAll("[data-share]")) bar.style.blockSize = `${Math.max(2, bar.dataset.share)}%`;
}

async function refresh() {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  try {
    const answer = await fetch(board.dataset.part, { headers: { "X-Requested-With": "fetch" } });
    if (answer.redirected) location.reload();
    if (!answer.ok) return;
    const text = await answer.text();
    const focus = document.activeElement?.dataset?.card;
    lanes.innerHTML = text;
    draw();
    board.dispatchEvent(new Event("drawn"));
    if (focus) lanes.querySelector(`[data-card="${CSS.escape(focus)}"]`)?.focus();
  } catch {
    // the next change or look brings it
  } finally {
    asking = false;
    if (again) {
      again = false;
      setTimeout(refresh, 500);
    }
  }
}

let soon;
function changed() {
  clearTimeout(soon);
  soon = setTimeout(refresh, 250);
}

function show(live) {
  sign.textContent = live ? sign.dataset.on : sign.dataset.off;
  sign.classList.toggle("hh-off", !live);
}

const stream = new EventSource(board.dataset.live);
stream.addEventListener("open", () => {
  show(true);
  changed(); // what happened while nobody listened
});
stream.addEventListener("changed", changed);
stream.addEventListener("closed", () => {
  stream.close();
  location.reload();
});
stream.addEventListener("error", () => show(false));
show(false);
setInterval(() => {
  if (stream.readyState !== EventSource.OPEN) refresh();
}, 20000);
if (clock) {
  const tick = () => {
    clock.textContent = new Date().toLocaleString("sv-SE", { dateStyle: "short", timeStyle: "short" });
  };
  setInterval(tick, 5000);
  setInterval(refresh, 60000); // hours pass though nothing happens
}
draw();

const said = board.querySelector(".hh-said");

// The manuscript under the cursor to the next stage of its desk.
async function moveOn(card) {
  const [kind, key] = card.dataset.card.split(":");
  if (kind !== "manuscript") return;
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const address = board.dataset.next.replace("00000000-0000-0000-0000-000000000000", key);
  try {
    const answer = await fetch(address, { method: "POST", headers: { "X-CSRFToken": token } });
    if (answer.headers.get("content-type")?.startsWith("application/json")) said.textContent = (await answer.json()).said;
    else said.textContent = `${answer.status}`;
  } catch (error) {
    said.textContent = `${error}`;
  }
  refresh();
}

function nextDesk() {
  const desks = [...board.querySelectorAll("[data-desk]")];
  const at = desks.findIndex((one) => one.getAttribute("aria-current"));
  desks[(at + 1) % desks.length]?.click();
}

const cards = () => [...lanes.querySelectorAll("[data-card]")];
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input, select, textarea, [contenteditable]")) return;
  const all = cards();
  const at = all.indexOf(document.activeElement);
  const key = event.key.toLowerCase();
  const move = board.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (key === "j" || key === "k") (all[at + (key === "j" ? 1 : -1)] ?? all[at < 0 ? 0 : at])?.focus();
  else if (/^[1-6]$/.test(key)) lanes.children[Number(key) - 1]?.querySelector("[data-card]")?.focus();
  else if (key === "m" && at >= 0) moveOn(all[at]);
  else if (key === "d" && board.querySelector("[data-desk]")) nextDesk();
  else if (move) move.click();
  else return;
  event.preventDefault();
});
