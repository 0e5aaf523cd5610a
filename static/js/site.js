// What every page runs: GOV.UK components with texts in the page's language, copy buttons, charts where there are any.
const addresses = document.getElementById("site-script").dataset;

const CHINESE = {
  characterCount: {
    i18n: {
      charactersUnderLimit: { other: "还可以写 %{count} 个字" },
      charactersAtLimit: "已写满",
      charactersOverLimit: { other: "超出 %{count} 个字" },
      wordsUnderLimit: { other: "还可以写 %{count} 个词" },
      wordsAtLimit: "已写满",
      wordsOverLimit: { other: "超出 %{count} 个词" },
    },
  },
  fileUpload: {
    i18n: {
      chooseFilesButton: "选择文件",
      dropInstruction: "或把文件拖到这里",
      noFileChosen: "还没有选择文件",
      multipleFilesChosen: { other: "已选择 %{count} 个文件" },
      enteredDropZone: "松开即可添加",
      leftDropZone: "已离开拖放区",
    },
  },
  passwordInput: {
    i18n: {
      showPassword: "显示",
      hidePassword: "隐藏",
      showPasswordAriaLabel: "显示密码",
      hidePasswordAriaLabel: "隐藏密码",
      passwordShownAnnouncement: "密码已显示",
      passwordHiddenAnnouncement: "密码已隐藏",
    },
  },
};

document.body.classList.add("js-enabled", "govuk-frontend-supported");
const { initAll } = await import(addresses.govuk);
initAll(document.documentElement.lang.startsWith("zh") ? CHINESE : {});

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    button.textContent = button.dataset.done;
  });
}

// What only some answers call for is shown with them; without scripts it stands there all the time.
function showWithAnswers() {
  for (const part of document.querySelectorAll("[data-shown-when]")) {
    const chosen = document.querySelector(`input[name="${part.dataset.shownWhen}"]:checked`);
    part.hidden = !chosen || !part.dataset.shownFor.split(" ").includes(chosen.value);
  }
}
showWithAnswers();
document.addEventListener("change", showWithAnswers);

if (document.querySelector("[data-chart][data-table]")) {
  const { drawAll } = await import(addresses.chart);
  await drawAll(addresses.echarts);
}

for (const box of document.querySelectorAll("[data-suggest]")) {
  let waiting;
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const asked = box.value.trim();
      const question = new URLSearchParams({ q: asked });
      const answer = await fetch(`${box.dataset.suggest}?${question}`);
      if (!answer.ok || asked !== box.value.trim()) return;
      box.list.replaceChildren(...(await answer.json()).map((name) => new Option(name, name)));
    }, 150);
  });
}
