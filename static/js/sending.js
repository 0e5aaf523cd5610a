// While the reporter looks everything over, the browser does the work that sending asks for; no scripts, a short wait instead.
const form = document.querySelector("form[data-work]");
const status = form.querySelector("[data-work-status]");
const { challenge, answer } = form.elements;
let pressed = false;

const worker = new Worker(form.dataset.work);
const ended = new Promise((resolve) => {
  worker.addEventListener("message", ({ data }) => resolve(data));
  worker.addEventListener("error", () => resolve(""));
});

form.addEventListener("submit", async (event) => {
  if (answer.value || pressed) return;
  event.preventDefault();
  status.textContent = form.dataset.working;
  await ended;
  pressed = true;
  setTimeout(() => form.requestSubmit()); // while this event is still going on, the browser would ignore it
});

worker.postMessage(challenge.value);
answer.value = await ended;
