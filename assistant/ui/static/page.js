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
    source.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" });
    document.querySelectorAll(".pa-source.pa-current").forEach((other) => other.classList.remove("pa-current"));
    source.classList.add("pa-current");
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
  const untick = () => document.querySelectorAll("#pa-papers input:checked").forEach((box) => (box.checked = false));
  let table = "";
  const watchTable = () => {
    const first = document.querySelector("#pa-papers input");
    if ((first ? first.value : "") !== table) {
      table = first ? first.value : "";
      untick();
    }
  };

  document.addEventListener("click", lead);
  const start = () => {
    const chat = document.getElementById("pa-chatbot");
    if (!chat) return void setTimeout(start, 50);
    // Only where no keyboard would slide over the page.
    const question = document.querySelector("#pa-question textarea");
    if (question && window.matchMedia("(min-width: 48rem) and (hover: hover)").matches) question.focus({ preventScroll: true });
    new MutationObserver(watchTable).observe(document.body, { childList: true, subtree: true, attributeFilter: ["value"] });
    new MutationObserver(settle).observe(chat, { childList: true, subtree: true, characterData: true });
  };
  start();
}
