// A source's page waits for its visit and takes the result in where it stands, so that nobody loses their place or what
// they were typing; the form takes the address of a feed that a page names.
const watch = (waiting) => {
  if (!waiting) return;
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
    watch(document.querySelector("[data-waiting]")); // linked pages may still be on their way
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
};
watch(document.querySelector("[data-waiting]"));
for (const button of document.querySelectorAll("[data-address]")) {
  button.addEventListener("click", () => {
    document.getElementById("id_address").value = button.dataset.address;
    document.querySelector("[name=look]").click();
  });
}

// The links of a list page, tried again while its rule is being written.
const form = document.querySelector("[data-try]");
if (form) {
  const [shown, button] = [document.querySelector("[data-links]"), document.querySelector("[data-propose]")];
  const field = (name) => form.elements[name];
  let [timer, latest, proposed] = [0, 0, {}];
  const differs = () => (proposed.selector || proposed.pattern)
    && ["selector", "pattern"].some((name) => field(name).value !== (proposed[name] ?? ""));
  const attempt = async () => {
    if (!/^https?:\/\/[^/]+/.test(field("address").value)) return;
    const number = ++latest;
    shown.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.dataset.try, { method: "POST", body: new FormData(form) });
      if (!answer.ok || number !== latest) return;
      const said = await answer.json();
      proposed = said.proposed;
      shown.innerHTML = said.html;
      button.hidden = !differs();
    } catch {
      // the network comes back with the next letter
    } finally {
      if (number === latest) shown.removeAttribute("aria-busy");
    }
  };
  for (const name of ["address", "selector", "pattern", "leave_out"]) {
    field(name).addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(attempt, 400);
    });
  }
  button.addEventListener("click", () => {
    for (const name of ["selector", "pattern"]) field(name).value = proposed[name] ?? "";
    attempt();
  });
  attempt();
}
