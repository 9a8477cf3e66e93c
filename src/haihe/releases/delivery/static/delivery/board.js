// The box in the head of the ledger ticks every row of the page.
for (const form of document.querySelectorAll("[data-dl-rows]")) {
  const all = form.querySelector("[data-dl-all]");
  const rows = () => [...form.querySelectorAll("input[name=row]")];
  all?.addEventListener("change", () => rows().forEach((box) => { box.checked = all.checked; }));
  form.addEventListener("change", (event) => {
    if (event.target !== all && all) all.checked = rows().every((box) => box.checked);
  });
}
