// A call grows on one page: it is kept a second after each stroke, companies are offered while a name is typed, and
// what the words sound like is taken with one press. Without scripts the buttons do the same.
const form = document.querySelector("[data-call]");
const told = form.querySelector("[data-kept]");
const hints = form.querySelector("[data-hints]");
let waiting = null;
let keptLast = Promise.resolve();

function typed() {
  return new FormData(form);
}

async function keep(options = {}) {
  clearTimeout(waiting);
  waiting = null;
  try {
    const answer = await fetch(form.dataset.call, { method: "POST", body: typed(), redirect: "error", ...options });
    if (!answer.ok) throw new Error(String(answer.status));
    const said = await answer.json();
    told.textContent = `${told.dataset.keptWords} ${said.saved_at}`;
    told.classList.remove("late");
    if (!hints.contains(document.activeElement)) hints.innerHTML = said.hints;
  } catch {
    told.textContent = told.dataset.lostWords;
    told.classList.add("late");
  }
}

function keepSoon() {
  clearTimeout(waiting);
  waiting = setTimeout(() => { keptLast = keptLast.then(() => keep()); }, 700);
}

// Whoever typed before this script was there has what they typed kept as well.
if ([...form.elements].some((one) => one.defaultValue !== undefined && one.value !== one.defaultValue)) keepSoon();
form.addEventListener("input", keepSoon);
form.addEventListener("change", keepSoon);
addEventListener("pagehide", () => { if (waiting !== null) keep({ keepalive: true }); });
form.addEventListener("submit", (event) => {
  if (event.submitter?.hasAttribute("data-enter")) {
    event.preventDefault();
    keepSoon();
    return;
  }
  clearTimeout(waiting);
  waiting = null;
});

form.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=choose]");
  if (!button) return;
  event.preventDefault();
  const [name, value] = button.value.split(":");
  const field = name === "acts" ? form.querySelector(`input[name=acts][value="${value}"]`) : form.elements[name];
  if (name === "acts") field.checked = true;
  else field.value = value;
  button.closest("li").remove();
  (name === "acts" ? form.querySelector(".call__acts summary") : field).focus();
  keepSoon();
});

const box = form.querySelector("[data-companies]");
let asking = null;
box.addEventListener("input", () => {
  clearTimeout(asking);
  asking = setTimeout(async () => {
    const question = box.value.trim();
    if (question.length < 2) return;
    const body = new URLSearchParams({ q: question, csrf_token: form.elements.csrf_token.value });
    const answer = await fetch(box.dataset.companies, { method: "POST", body });
    if (!answer.ok || question !== box.value.trim()) return;
    box.list.replaceChildren(...(await answer.json()).map((words) => new Option(words, words)));
  }, 200);
});
