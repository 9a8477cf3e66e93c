// A source's page waits for its visit and takes the result in where it stands, so that nobody loses their place or what
// they were typing; the form takes the address of a feed that a page names.
const waiting = document.querySelector("[data-waiting]");
if (waiting) {
  const { waiting: seen, ask: address, then } = waiting.dataset;
  const take = async () => {
    const answer = await fetch(then);
    if (!answer.ok) return location.replace(then);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live]")) {
      const other = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
      if (other) part.innerHTML = other.innerHTML;
    }
    const [name, called] = [document.querySelector("h1"), fresh.querySelector("h1")];
    if (name && called) name.innerHTML = called.innerHTML;
    document.title = fresh.title;
    history.replaceState(null, "", then);
  };
  const ask = async () => {
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      if (answer.ok && (await answer.json()).newest > (Number(seen) || 0)) return await take();
    } catch {
      // the network comes back, or the link on the page leads on
    }
    setTimeout(ask, 1000);
  };
  setTimeout(ask, 400);
}
for (const button of document.querySelectorAll("[data-address]")) {
  button.addEventListener("click", () => {
    document.getElementById("id_address").value = button.dataset.address;
    document.querySelector("[name=look]").click();
  });
}
