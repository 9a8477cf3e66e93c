// Intake by keyboard: j k move, o original, e manuscript, l lead, s set aside, u undo, / search, ? keys.
const page = document.querySelector(".hh-intake");
const pane = page.querySelector(".hh-pane");
const rows = [...page.querySelectorAll("[data-item]")];
const keys = document.querySelector(".hh-keys");
const WIDE = 900; // px from which on the item stands beside the list
const OF_ITEM = ["o", "e", "l", "s"]; // keys that mean the item beside the list
let asked = 0;
let coming = false; // the item chosen is still on its way; what stands beside the list is another
let waiting = ""; // the key pressed meanwhile

const chosen = () => rows.findIndex((row) => row.classList.contains("hh-chosen"));

function follow() {
  const next = rows[chosen() + 1] ?? rows[chosen() - 1];
  for (const field of pane.querySelectorAll("[name=following]")) field.value = next?.dataset.item ?? "";
}

async function choose(at, { byItself = false } = {}) {
  const row = rows[at];
  if (!row) return;
  rows[chosen()]?.classList.remove("hh-chosen");
  for (const each of rows) each.querySelector("a").removeAttribute("aria-current");
  row.classList.add("hh-chosen");
  row.querySelector("a").setAttribute("aria-current", "true");
  if (!byItself) row.scrollIntoView({ block: "nearest" });
  const turn = ++asked;
  const here = encodeURIComponent(page.dataset.here);
  coming = true;
  waiting = "";
  const text = await fetch(`${page.dataset.items}${row.dataset.item}/?here=${here}`)
    .then((answer) => (answer.ok ? answer.text() : null))
    .catch(() => null);
  if (turn !== asked) return;
  coming = false;
  if (text === null) return;
  pane.innerHTML = text;
  pane.scrollTop = 0;
  if (!byItself) history.replaceState(null, "", row.querySelector("a").href);
  follow();
  if (waiting) press(waiting);
}

function press(key) {
  if (coming && OF_ITEM.includes(key)) {
    waiting = key;
    return true;
  }
  const thing = page.querySelector(`[data-key="${key}"]`);
  thing?.click();
  return Boolean(thing);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || keys.open) return;
  if (event.target.closest("input, select, textarea, [contenteditable]")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const moves = {
    j: () => choose(chosen() + 1),
    k: () => choose(Math.max(0, chosen() - 1)),
    "/": () => page.querySelector("[name=q]").focus(),
    "?": () => keys.showModal(),
  };
  if (moves[event.key]) moves[event.key]();
  else if (![...OF_ITEM, "u"].includes(event.key) || !press(event.key)) return;
  event.preventDefault();
});

for (const [at, row] of rows.entries()) {
  row.querySelector("a").addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || innerWidth < WIDE) return;
    event.preventDefault();
    choose(at);
  });
}
page.querySelector("[data-help]").addEventListener("click", () => keys.showModal());
follow();
if (chosen() < 0 && innerWidth >= WIDE) choose(0, { byItself: true });
