// The queue by keyboard: j and k move, x ticks, Enter opens. Without scripts Tab and Enter do the same.
const rows = [...document.querySelectorAll("[data-desk-queue] [data-row]")];
const hint = document.querySelector("[data-keys-hint]");
let at = -1;

function moveTo(index) {
  at = Math.max(0, Math.min(rows.length - 1, index));
  rows[at].querySelector("a").focus();
  rows[at].scrollIntoView({ block: "nearest" });
}

function isTyping(target) {
  return target.closest("input:not([type=checkbox]), select, textarea") !== null;
}

document.addEventListener("keydown", (event) => {
  if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j") moveTo(at + 1);
  else if (event.key === "k") moveTo(at - 1);
  else if (event.key === "x" && at >= 0) {
    const box = rows[at].querySelector("input[type=checkbox]");
    if (box) box.checked = !box.checked;
  } else return;
  event.preventDefault();
});

if (hint && rows.length) hint.hidden = false;
