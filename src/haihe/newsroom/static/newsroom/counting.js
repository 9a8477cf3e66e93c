// 字数 as one types. The rule is that of domain/counting.py; a test holds the two together.
const HAN = "\\u3007\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}";
const WORD = `(?:(?![${HAN}])[\\p{L}\\p{N}])`;
const UNIT = new RegExp(
  `(?<han>[${HAN}])|(?<number>\\p{Nd}+(?:[.,:]\\p{Nd}+)*%?(?!${WORD}))|(?<word>${WORD}+(?:['’-]${WORD}+)*)`,
  "gu",
);
const HAN_PER_MINUTE = 400;
const WORDS_PER_MINUTE = 230;

export function count(text) {
  const found = { han: 0, words: 0, numbers: 0 };
  for (const { groups } of text.normalize("NFKC").matchAll(UNIT)) {
    if (groups.han) found.han += 1;
    else if (groups.number) found.numbers += 1;
    else found.words += 1;
  }
  found.total = found.han + found.words + found.numbers;
  found.minutes = Math.ceil(found.han / HAN_PER_MINUTE + (found.words + found.numbers) / WORDS_PER_MINUTE);
  return found;
}

const WRITTEN = [
  "#id_title",
  "#id_subtitle",
  "#id_summary",
  '[data-contentpath="body"] .public-DraftEditor-content',
  '[data-contentpath="body"] textarea:not([hidden])',
  '[data-contentpath="body"] input[type="text"]:not([name$="-type"])',
].join(",");

function written() {
  return [...document.querySelectorAll(WRITTEN)]
    .filter((field) => !field.closest('[data-streamfield-child][style*="display: none"]'))
    .map((field) => ("value" in field ? field.value : field.innerText))
    .join("\n");
}

const shown = document.querySelector("[data-length]");
if (shown) {
  const show = () => {
    const { total, minutes } = count(written());
    shown.querySelector("[data-length-total]").textContent = total;
    shown.querySelector("[data-length-minutes]").textContent = minutes;
  };
  let waiting = 0;
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 200);
  };
  document.addEventListener("input", later);
  document.addEventListener("keyup", later);
  window.addEventListener("load", later);
}
window.haiheCount = count;
