// "Look closely" opens the picture in deep zoom; without JavaScript its link leads to the whole picture.

export function zooming(): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-zoom]:not([data-zoom-ready])")) {
    link.dataset.zoomReady = "";
    link.addEventListener("click", async (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || !("showModal" in HTMLDialogElement.prototype)) return;
      event.preventDefault();
      const said = link.dataset;
      const words = {
        in: said.zoomIn ?? "+",
        out: said.zoomOut ?? "-",
        home: said.zoomHome ?? "",
        close: said.zoomClose ?? "",
        failed: said.zoomFailed ?? "",
      };
      try {
        const { openZoom } = await import("./zoom");
        openZoom(said.zoom ?? "", said.zoomAlt ?? "", words);
      } catch {
        location.href = link.href;
      }
    });
  }
}

zooming();
