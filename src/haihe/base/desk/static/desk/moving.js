// Wagtail moves a block by taking it out of the page and putting it in again, and whoever pressed the button by keyboard
// is thrown to the top of the page. The focus stays with the block: on the button pressed, or, at either end, on the
// button for the other way. Wagtail's listener stops the click, so this one hears it on the way down and acts afterwards.
const MOVES = "[data-streamfield-action^=MOVE_]";

document.addEventListener("click", ({ target }) => {
  const pressed = target.closest?.(MOVES);
  if (!pressed || document.activeElement !== pressed) return;
  setTimeout(() => {
    (pressed.disabled ? pressed.parentElement.querySelector(`${MOVES}:enabled`) : pressed)?.focus();
  });
}, { capture: true });
