// An artefact in deep zoom, in the dialog that stories have.

import { openZoom } from "../islands/zoom";

export function closely(service: string, label: string): void {
  const said = document.querySelector<HTMLElement>("[data-zoom-words]")?.dataset ?? {};
  const words = { in: said.zoomIn ?? "+", out: said.zoomOut ?? "-", home: said.zoomHome ?? "", close: said.zoomClose ?? "", failed: said.zoomFailed ?? "" };
  openZoom(service, label, words);
}
