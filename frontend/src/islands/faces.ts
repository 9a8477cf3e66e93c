// Whole Han faces weigh megabytes: they come only to a machine that has none. Whether it has is seen by drawing two
// characters: without a face both are the same empty box.

export function facesWhereNone(): void {
  const address = document.body.dataset.fonts;
  if (!address || drawsHan()) return;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = address;
  document.head.append(link);
}

function drawsHan(): boolean {
  const drawn = ["\u56fd", "\u4e2d"].map((sign) => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 24;
    const pen = canvas.getContext("2d");
    if (!pen) return sign; // nothing can be seen here: as if it had one
    pen.font = "20px sans-serif";
    pen.fillText(sign, 2, 20);
    return canvas.toDataURL();
  });
  return drawn[0] !== drawn[1];
}
