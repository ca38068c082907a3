() => {
  // From the title of a summary to its parts; by script for the same reason.
  const jump = (event) => {
    const link = event.target instanceof Element && event.target.closest(".pa-jumps a");
    if (!link) return;
    event.preventDefault();
    const part = document.getElementById(link.getAttribute("href").slice(1));
    if (part) part.scrollIntoView({ block: "start" });
  };

  // A table with other papers is written over the old one, and would keep its ticks.
  const tables = { "#pa-papers": "", "#pa-table": "" };
  const tickAll = (event) => {
    if (!(event.target instanceof Element) || !event.target.matches("#pa-papers thead input")) return;
    document.querySelectorAll("#pa-papers tbody input").forEach((box) => (box.checked = event.target.checked));
  };
  const watchTables = () => {
    for (const [table, seen] of Object.entries(tables)) {
      const first = document.querySelector(`${table} tbody input`);
      const value = first ? first.value : "";
      if (value === seen) continue;
      tables[table] = value;
      document.querySelectorAll(`${table} input:checked`).forEach((box) => (box.checked = false));
      document.querySelectorAll(`${table} details[open]`).forEach((paper) => (paper.open = false));
    }
  };

  // Where the list stands above the summary, a click leads to what it opens.
  const follow = (event) => {
    const chosen = event.target instanceof Element && event.target.closest("button[data-topic]");
    const shown = document.getElementById("pa-shown");
    if (chosen && shown && window.matchMedia("(max-width: 48rem)").matches) shown.scrollIntoView({ block: "start" });
  };

  // What the components leave out for those who hear the page: whether something is unfolded, and a name
  // that holds the words which are to be seen.
  const name = () => {
    for (const fold of document.querySelectorAll(".label-wrap")) {
      const open = String(fold.classList.contains("open"));
      if (fold.getAttribute("aria-expanded") !== open) fold.setAttribute("aria-expanded", open);
    }
    for (const [kind, label] of [["submit", "Send"], ["stop", "Stop"]]) {
      document.querySelectorAll(`.${kind}-button:not([aria-label])`).forEach((button) => button.setAttribute("aria-label", label));
    }
    const drop = document.querySelector(".upload-container[aria-label]");
    if (drop) drop.removeAttribute("aria-label");
  };

  // The theme that was chosen here, else the system's; one in the address goes before both.
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  window.paTheme = {
    chosen: () => {
      try { return localStorage.getItem("pa-theme") || "system"; } catch { return "system"; }
    },
    choose: (theme) => {
      try { localStorage.setItem("pa-theme", theme); } catch { /* it lasts until the page is left */ }
      window.paTheme.show(theme);
    },
    show: (theme) => document.body.classList.toggle("dark", theme === "dark" || (theme !== "light" && dark.matches)),
  };
  if (!new URLSearchParams(location.search).has("__theme")) {
    window.paTheme.show(window.paTheme.chosen());
    dark.addEventListener("change", () => window.paTheme.show(window.paTheme.chosen()));
  }

  document.addEventListener("change", tickAll);
  document.addEventListener("click", follow);
  document.addEventListener("click", jump);
  const start = () => {
    const chat = document.getElementById("pa-chatbot");
    if (!chat) return void setTimeout(start, 50);
    // Only where no keyboard would slide over the page.
    const question = document.querySelector("#pa-question textarea");
    if (question && window.matchMedia("(min-width: 48rem) and (hover: hover)").matches) question.focus({ preventScroll: true });
    new MutationObserver(() => (watchTables(), name())).observe(document.body, { childList: true, subtree: true, attributeFilter: ["value", "class"] });
    name();
  };
  start();
}
