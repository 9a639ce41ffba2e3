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
})();
