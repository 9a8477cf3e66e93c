// Keeps the board fresh while someone looks at it; without this script, reloading does the same.
const EVERY = 3000;

async function refresh() {
  const board = document.querySelector("[data-tasks-board]");
  if (!board || document.hidden || board.contains(document.activeElement)) return;
  const answer = await fetch(location.href, { credentials: "same-origin" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-tasks-board]");
  if (fresh && !board.contains(document.activeElement)) board.replaceWith(fresh);
}

setInterval(() => refresh().catch(() => undefined), EVERY);
