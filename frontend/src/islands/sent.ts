// Where people are sent: the drawing of the page becomes a map over the operator's own, and follows a board that draws
// itself anew. Where it cannot (no WebGL, no network) the drawing stays.

export {};

function lay(): void {
  for (const stage of document.querySelectorAll<HTMLElement>(".hh-sent[data-kind]")) {
    import("./sentmap").then(({ layMap }) => layMap(stage)).catch(() => undefined);
  }
}

lay();
document.querySelector(".hh-board")?.addEventListener("drawn", lay);
