// Whole Han faces weigh megabytes: they come only to a machine that has none. Such a machine draws an empty box for every
// sign, narrower than a sign; with blanks of one em the page stands as it will stand when the signs come (faces.ts).

// As haihe.base.web.fonts.cutting.blank makes it: nothing, one em wide.
const BLANK = "d09GMgABAAAAAAHoAAwAAAAAA/QAAAGTAAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIEUATYCJAMGBCAFgkQGYAcgyhTLDD92aGVhJD92bXR4BhshA8gEHmrt93Zx1/TF0cObeWIIhUilQWpqoYnf0DX1q4DeogGoahFB7Rvd7MfT6QheFw3/v7nnONy3+IMGBwkRk2gIAnHYC/7+79rhGrvueMgi3SGlLZ54SHDR/m6Fg/EQOByPKCTiQGWucIdq/JWK31T/s2Ohi0SlqAO+R18LonHyntar/A07vt3s+jj+qPB3Bydn/tTIETk9FbHqKdnvwUEui67FUGI3OiGh50gntL0LXO7VriDQPBSJJ72KPYHoFEf8WfjUg3H26ERhDoVo6miljXQtkjGSot0aTCgYMIeunkn7LZomFBSsjGOmGT0j2EZ5jYwwwyxz9AaLeN7O0TNjQAdQXh8ttBNNF1MhnZztKkwqjnYWqdGns4+scsgk552PbcwxxxSzlJJFFsrNokXH4/o/E4UZrNjb3Yp9HEDuyWGgreiEhlzR0JJuXw5FC+upd+XeSeD5Sk19bRfVRKsq1+rjOk006xyF01xGyZvrFzhiRy6L9UNym1MUIMQmpP6H48aL6vqmZL73DaR3xTUAAAA=";
const MARKS = "U+B7, U+2014, U+2018-2019, U+201C-201D, U+2026"; // the Latin face has them too, but narrow

/** Two signs look alike only where both are the same empty box. */
function drawsHan(): boolean {
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (!pen) return true; // nothing can be seen here: as if it had one
  const drawn = ["国", "中"].map((sign) => {
    pen.clearRect(0, 0, 24, 24);
    pen.font = "20px sans-serif";
    pen.fillText(sign, 2, 20);
    return pen.getImageData(0, 0, 24, 24).data.join();
  });
  return drawn[0] !== drawn[1];
}

export function blanksWhereNoHan(): void {
  if (drawsHan()) return;
  const bytes = Uint8Array.from(atob(BLANK), (letter) => letter.charCodeAt(0));
  const weight = "100 900";
  document.fonts.add(new FontFace("Haihe Blank", bytes, { weight }));
  document.fonts.add(new FontFace("Haihe Marks", bytes, { weight, unicodeRange: MARKS }));
  document.documentElement.classList.add("no-han");
}
