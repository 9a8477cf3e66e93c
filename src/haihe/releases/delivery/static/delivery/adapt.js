// Shows what the network would show while somebody writes; nothing is kept before Keep.
"use strict";
for (const section of document.querySelectorAll("[data-adapt]")) {
  const form = section.querySelector("form");
  const look = section.querySelector("[data-look]");
  const picture = section.querySelector("[data-focus]");
  let waiting = 0;
  let asked = 0;

  const show = (said) => {
    const shown = look.querySelector("[data-shown]");
    if (shown.tagName === "PRE") shown.textContent = said.body;
    else if (shown.tagName === "IFRAME") shown.srcdoc = said.body;
    else shown.src = said.body;
    look.querySelector("[data-count]").textContent = said.most ? `${said.units} / ${said.most}` : "";
    look.querySelector("[data-faults]").replaceChildren(
      ...said.faults.map((fault) => Object.assign(document.createElement("li"), { textContent: fault })),
    );
  };

  const ask = async () => {
    const number = ++asked;
    const answer = await fetch(section.dataset.adapt, { method: "POST", body: new FormData(form) });
    if (answer.ok && number === asked) show(await answer.json());
  };

  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 350);
  };

  const mark = () => {
    if (!picture) return;
    const [x, y] = ["focus_x", "focus_y"].map((name) => form.elements[name].value);
    picture.lastElementChild.style.cssText = x && y ? `left:${x * 100}%;top:${y * 100}%;display:block` : "display:none";
  };

  form.addEventListener("input", () => {
    mark();
    soon();
  });
  form.addEventListener("reset", () => setTimeout(() => {
    mark();
    soon();
  }));
  picture?.addEventListener("click", (event) => {
    if (form.elements.focus_x.readOnly) return;
    const box = picture.getBoundingClientRect();
    form.elements.focus_x.value = ((event.clientX - box.left) / box.width).toFixed(3);
    form.elements.focus_y.value = ((event.clientY - box.top) / box.height).toFixed(3);
    mark();
    soon();
  });
  section.querySelector("[data-proposal]")?.addEventListener("click", () => {
    for (const field of form.querySelectorAll("textarea, input[type=text], input[type=number]")) field.value = "";
  });
  mark();
}
