// Leaves at once and takes this page out of the browser's history; without scripts the same link simply leaves.
const link = document.querySelector("[data-quick-exit]");
const WITHIN_MS = 3000;
let presses = [];

function leave() {
  document.documentElement.hidden = true;
  window.location.replace(link.href);
}

link.addEventListener("click", (event) => {
  event.preventDefault();
  leave();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  presses = [...presses, Date.now()].filter((at) => Date.now() - at < WITHIN_MS);
  if (presses.length >= 3) leave();
});

document.querySelector("[data-quick-exit-hint]").hidden = false;
