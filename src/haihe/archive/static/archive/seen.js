// What is made of a sound, film or document may not be there yet: it is asked for again until it is, or cannot be.

const AGAIN = [1000, 2000, 3000, 5000, 8000, 13000, 21000, 30000];

async function isThere(address) {
  const answer = await fetch(address, { method: "HEAD", cache: "no-store" }).catch(() => null);
  if (answer?.ok) return true;
  return answer && answer.status !== 503 ? false : null;
}

async function watch(one) {
  const parts = [...one.querySelectorAll("[data-derivative]")];
  const addresses = [...new Set(parts.flatMap((part) => [part.getAttribute("src"), part.getAttribute("poster")]))];
  const waiting = one.querySelector("[data-waiting]");
  let missing = addresses.filter(Boolean);
  for (let round = 0; missing.length; round += 1) {
    const found = await Promise.all(missing.map(isThere));
    if (round && found.includes(true)) for (const part of parts) renew(part);
    if (found.includes(false)) {
      waiting.hidden = true;
      one.querySelector("[data-failed]").hidden = false;
      for (const part of parts) part.hidden = true;
      return;
    }
    missing = missing.filter((_, place) => found[place] === null);
    waiting.hidden = missing.length === 0;
    if (missing.length) await new Promise((go) => setTimeout(go, AGAIN[Math.min(round, AGAIN.length - 1)]));
  }
  if (one.querySelector("[data-pager]")) await leaf(one);
}

// A document is leafed through by buttons or arrow keys; its pages are pictures, their text stands below.
async function leaf(one) {
  const picture = one.querySelector("img[data-derivative]");
  const pager = one.querySelector("[data-pager]");
  const [back, forward] = pager.querySelectorAll("button");
  const folder = picture.getAttribute("src").replace(/[^/]*$/, "");
  const answer = await fetch(`${folder}text.json`).catch(() => null);
  if (!answer?.ok) return;
  const { pages, text } = await answer.json();
  const last = Math.min(pages, Number(pager.dataset.most));
  let page = 1;

  function show(number) {
    page = Math.min(Math.max(number, 1), last);
    const address = `${folder}${String(page).padStart(4, "0")}.jpg`;
    picture.src = address;
    picture.alt = `${pager.dataset.page} ${page}`;
    picture.closest("a").href = address;
    pager.querySelector("output").textContent = `${page} / ${pages}`;
    back.disabled = page === 1;
    forward.disabled = page === last;
    const words = (text[page - 1] ?? "").trim();
    one.querySelector("[data-text]").hidden = !words;
    one.querySelector("[data-text] p").textContent = words;
  }

  back.addEventListener("click", () => show(page - 1));
  forward.addEventListener("click", () => show(page + 1));
  one.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, PageUp: -1, ArrowRight: 1, PageDown: 1 }[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    show(page + step);
  });
  pager.hidden = last < 2;
  show(1);
}

function renew(part) {
  const poster = part.getAttribute("poster");
  if (poster) part.setAttribute("poster", poster);
  if (part.tagName === "IMG" ? !part.naturalWidth : part.paused) part.setAttribute("src", part.getAttribute("src"));
}

for (const one of document.querySelectorAll(".archive__one")) {
  if (one.querySelector("[data-derivative]")) watch(one);
}
