"use strict";
(() => {
  const root = document.documentElement;
  const asked = new URLSearchParams(location.search);
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const state = { theme: dark ? "dark" : "light", width: "desktop" };
  const buttons = [...document.querySelectorAll("[data-set]")];
  const show = () => {
    for (const button of buttons) {
      const { set, to } = button.dataset;
      button.setAttribute("aria-pressed", String(state[set] === to));
      root.dataset[set] = state[set];
    }
  };
  for (const button of buttons) {
    const { set, to } = button.dataset;
    if (asked.get(set) === to) state[set] = to;
    button.addEventListener("click", () => {
      state[set] = to;
      show();
    });
  }
  document.querySelector(".switches").hidden = false;
  show();

  // An answer stands below the message whose button was pressed, and stays one however often.
  const templates = [...document.querySelectorAll("template[data-answer]")];
  const answers = new Map(templates.map((template) => [template.dataset.answer, template]));
  const pressed = new WeakMap();
  const reveal = (message) => {
    message.focus({ preventScroll: true });
    message.scrollIntoView({ block: "nearest" });
  };
  const press = (button) => {
    const asked = button.dataset.press;
    const message = button.closest(".message");
    let below = message.nextElementSibling;
    for (; pressed.has(below); below = below.nextElementSibling) {
      if (below.dataset.asked === asked) return reveal(below);
    }
    const template = answers.get(asked);
    const answer = template.content.firstElementChild.cloneNode(true);
    answer.dataset.asked = asked;
    if ("inPlace" in template.dataset && message.classList.contains("private")) {
      pressed.set(answer, pressed.get(message));
      message.replaceWith(answer);
    } else {
      pressed.set(answer, button);
      message.after(answer);
    }
    reveal(answer);
  };
  const dismiss = (message) => {
    const button = pressed.get(message);
    message.remove();
    if (button?.isConnected) button.focus();
  };
  document.querySelector(".log").addEventListener("click", ({ target }) => {
    const button = target.closest("[data-press]");
    if (button) press(button);
    else if (target.closest(".dismiss")) dismiss(target.closest(".message"));
  });
})();
