// Before a large file is sent in vain: its size is checked here, where it is known, and the sending is told while it lasts.
const megabytes = (bytes) => Math.round(bytes / 1024 / 1024);

for (const form of document.querySelectorAll("form[data-largest]")) {
  const status = form.querySelector("[data-files-status]");
  const chosen = () => [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
  const tooLarge = () => chosen().filter((file) => file.size > Number(form.dataset.largest));

  form.addEventListener("change", () => {
    const names = tooLarge().map((file) => `${file.name}（${megabytes(file.size)} MB）`);
    status.textContent = names.length ? form.dataset.tooLarge.replace("{names}", names.join("、")) : "";
  });

  form.addEventListener("submit", (event) => {
    if (tooLarge().length) {
      event.preventDefault();
      status.scrollIntoView({ block: "center" });
    } else if (chosen().length) {
      status.textContent = form.dataset.sending;
    }
  });
}
