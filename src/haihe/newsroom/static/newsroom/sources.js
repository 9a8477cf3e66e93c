// A source's page waits for its visit; the form takes the address of a feed that a page names.
const waiting = document.querySelector("[data-waiting]");
if (waiting) {
  const before = Number(waiting.dataset.waiting) || 0;
  const ask = async () => {
    const answer = await fetch(waiting.dataset.ask, { headers: { Accept: "application/json" } });
    if (answer.ok && (await answer.json()).newest > before) location.replace(waiting.dataset.then);
    else setTimeout(ask, 1000);
  };
  setTimeout(ask, 400);
}
for (const button of document.querySelectorAll("[data-address]")) {
  button.addEventListener("click", () => {
    document.getElementById("id_address").value = button.dataset.address;
    document.querySelector("[name=look]").click();
  });
}
