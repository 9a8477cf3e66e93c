// On every page of the desk: G to today's board. In the editor: Ctrl+Enter hands in, or approves.
const { board } = document.querySelector("script[data-board]").dataset;

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey || event.shiftKey) return;
  const typing = event.target.closest?.("input:not([type=checkbox]):not([type=radio]), select, textarea, [contenteditable]");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = document.querySelector("form[data-edit-form]");
    const approve = "[data-workflow-action-name=approve]:not([data-workflow-action-modal-url])";
    const button = document.querySelector(approve) ?? document.querySelector("[name=action-submit]");
    if (!form || !button || button.disabled) return;
    event.preventDefault();
    button.click();
  } else if (event.key === "g" && !event.ctrlKey && !event.metaKey && !typing && !document.querySelector("dialog[open]")) {
    event.preventDefault();
    location.assign(board);
  }
});
