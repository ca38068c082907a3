() => {
  // A citation mark leads to its source. Handled here because the page's <base> would turn "#..." into a
  // load of the page wherever its address has a query.
  const lead = (event) => {
    const mark = event.target instanceof Element && event.target.closest('a[href^="#source-"]');
    if (!mark) return;
    event.preventDefault();
    const source = document.getElementById(mark.getAttribute("href").slice(1));
    if (!source || !source.classList.contains("pa-source")) return;
    for (let box = source.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    source.focus({ preventScroll: true });
    // Beside a summary the page itself must stand still; the panel shows no more than it has to.
    const block = source.closest("#pa-survey-sources") ? "nearest" : "start";
    source.scrollIntoView({ behavior: calm ? "auto" : "smooth", block });
    document.querySelectorAll(".pa-source.pa-current").forEach((other) => other.classList.remove("pa-current"));
    source.classList.add("pa-current");
  };

  // From the title of a summary to its parts; by script for the same reason.
  const jump = (event) => {
    const link = event.target instanceof Element && event.target.closest(".pa-jumps a");
    if (!link) return;
    event.preventDefault();
    const part = document.getElementById(link.getAttribute("href").slice(1));
    if (part) part.scrollIntoView({ block: "start" });
  };

  // A new question goes to the top of the chat, and its answer is written below it: what is being read
  // stands still. The tail is the room that a short answer needs for that.
  let questions = 0;
  const settle = () => {
    const box = document.querySelector("#pa-chatbot .bubble-wrap");
    const messages = box && box.querySelector(".message-wrap");
    const rows = messages ? messages.querySelectorAll(".user-row") : [];
    if (rows.length) {
      const last = rows[rows.length - 1];
      const tail = parseFloat(messages.style.getPropertyValue("--pa-tail")) || 0;
      const used = box.scrollHeight - tail - (last.offsetTop - box.offsetTop);
      const needed = Math.max(0, Math.floor(box.clientHeight - used));
      if (Math.abs(needed - tail) > 1) messages.style.setProperty("--pa-tail", `${needed}px`);
      if (rows.length > questions) box.scrollTop += last.getBoundingClientRect().top - box.getBoundingClientRect().top - 8;
    }
    questions = rows.length;
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

  // A point of the map leads to its paper. The address comes from the data: only one of the web is followed.
  const openPoint = (event) => {
    const address = String((event.points[0] || {}).customdata || "");
    if (/^https?:[/][/]/i.test(address)) window.open(address, "_blank", "noopener,noreferrer");
  };
  const watchMap = () => {
    const map = document.querySelector("#pa-map .js-plotly-plot");
    if (!map || !map.on || map.dataset.watched) return;
    map.dataset.watched = "yes";
    map.on("plotly_click", openPoint);
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

  document.addEventListener("click", lead);
  document.addEventListener("change", tickAll);
  document.addEventListener("click", follow);
  document.addEventListener("click", jump);
  const start = () => {
    const chat = document.getElementById("pa-chatbot");
    if (!chat) return void setTimeout(start, 50);
    // Only where no keyboard would slide over the page.
    const question = document.querySelector("#pa-question textarea");
    if (question && window.matchMedia("(min-width: 48rem) and (hover: hover)").matches) question.focus({ preventScroll: true });
    new MutationObserver(() => (watchTables(), watchMap())).observe(document.body, { childList: true, subtree: true, attributeFilter: ["value"] });
    new MutationObserver(settle).observe(chat, { childList: true, subtree: true, characterData: true });
  };
  start();
}
