// Alt and a digit goes where the page says, the same in every browser: left to themselves some take Shift as well, and
// some change the tab. Without scripts the browser's own access keys are there.
document.addEventListener("keydown", (event) => {
  const key = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
  if (!event.altKey || event.ctrlKey || event.metaKey || key === undefined) return;
  const target = document.querySelector(`[accesskey="${key}"]`);
  if (!target) return;
  event.preventDefault();
  target.focus();
  if (target.matches("a, button")) target.click();
});
