// The page of a load that is not done asks how it is, and comes again when it is.
const waiting = document.querySelector("[data-waiting]");
let left = 900;
async function look() {
  try {
    const answer = await fetch(waiting.dataset.waiting, { cache: "no-store" });
    if (answer.ok && (await answer.text()) !== "waiting") return location.reload();
  } catch {
    // the network is away: ask again
  }
  if ((left -= 1) > 0) setTimeout(look, 1500);
}
if (waiting) setTimeout(look, 1000);
