() => {
  const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const narrow = () => window.matchMedia("(max-width: 48rem)").matches;
  const made = (name, id) => {
    const element = document.createElement(name);
    element.id = id;
    // The style sheet holds within this element alone.
    document.querySelector(".gradio-container").append(element);
    return element;
  };

  // A citation mark leads to its source: beside the text, or where there is no room as a sheet over it.
  // Handled here because the page's <base> would turn "#..." into a load of the page.
  // The way back leads to the same mark also where the answer was written anew meanwhile.
  let back = () => null;
  const wayBack = (mark) => {
    const alike = () => [...document.querySelectorAll("a[href^='#source-']")].filter((other) => other.getAttribute("href") === mark.getAttribute("href") && !other.closest("#pa-sheet"));
    const place = alike().indexOf(mark);
    return () => alike()[place];
  };
  const goBack = () => { const mark = back(); if (mark) mark.focus(); };
  let sheet = null;
  const sheetMade = () => {
    sheet = made("dialog", "pa-sheet");
    sheet.setAttribute("aria-label", "Source");
    sheet.addEventListener("click", (event) => event.target === sheet && sheet.close());
    sheet.addEventListener("close", goBack);
  };
  const showSheet = (source) => {
    if (!sheet) sheetMade();
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = "Close";
    close.addEventListener("click", () => sheet.close());
    const copy = source.cloneNode(true);
    copy.removeAttribute("id");
    copy.className = "pa-source prose";
    sheet.replaceChildren(close, copy);
    if (!sheet.open) sheet.showModal();
    sheet.scrollTop = 0;
    const marked = copy.querySelector("mark");
    if (marked) marked.scrollIntoView({ block: "nearest" });
  };
  window.paSheet = (source, from) => {
    back = () => from;
    showSheet(source);
  };
  const lead = (event) => {
    const mark = event.target instanceof Element && event.target.closest('a[href^="#source-"]');
    if (!mark) return;
    event.preventDefault();
    const source = document.getElementById(mark.getAttribute("href").slice(1));
    if (!source || !source.classList.contains("pa-source")) return;
    back = wayBack(mark);
    if (narrow() && mark.closest("#pa-chatbot")) return showSheet(source);
    for (let box = source.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    source.focus({ preventScroll: true });
    // Beside a summary the page itself must stand still; the panel shows no more than it has to.
    const block = source.closest("#pa-survey-sources") ? "nearest" : "start";
    source.scrollIntoView({ behavior: calm() ? "auto" : "smooth", block });
    document.querySelectorAll(".pa-source.pa-current").forEach((other) => other.classList.remove("pa-current"));
    source.classList.add("pa-current");
  };

  // Why a statement is marked: when it is pointed at, focused or tapped.
  const tip = made("div", "pa-tip");
  tip.setAttribute("role", "tooltip");
  tip.hidden = true;
  const explain = (event) => {
    const badge = event.target instanceof Element && event.target.closest("[data-tip]");
    if (!badge) return void (tip.hidden = true);
    tip.textContent = badge.dataset.tip;
    tip.hidden = false;
    const place = badge.getBoundingClientRect();
    const left = Math.min(Math.max(8, place.left - 20), window.innerWidth - tip.offsetWidth - 8);
    const below = place.bottom + 6 + tip.offsetHeight < window.innerHeight;
    tip.style.left = `${left}px`;
    tip.style.top = `${below ? place.bottom + 6 : place.top - tip.offsetHeight - 6}px`;
  };
  for (const name of ["mouseover", "focusin", "click"]) document.addEventListener(name, explain);
  document.addEventListener("scroll", () => (tip.hidden = true), true);

  // Copying. Without https there is no clipboard for scripts but the old one.
  const copied = async (button) => {
    const text = button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const box = made("textarea", "pa-clip");
      box.value = text;
      box.select();
      document.execCommand("copy");
      box.remove();
      button.focus();
    }
    const name = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = name), 1500);
  };

  // The last question becomes a field; sent, it is asked anew in its place. The server may write the turn anew
  // meanwhile (what may be asked next comes after the answer): then the field goes back where it stood.
  let editing = null;
  const editor = (hidden) => {
    const user = document.querySelector(`#${editing.turn} .user`);
    if (!user) return void (editing = null);
    user.querySelector(".pa-asked").hidden = user.querySelector("[data-edit]").hidden = hidden;
    return user;
  };
  const edited = () => {
    if (!editing) return;
    editing.form.remove();
    const user = editor(false);
    editing = null;
    if (user) user.querySelector("[data-edit]").focus();
  };
  const kept = () => {
    if (!editing || editing.form.isConnected) return;
    const user = editor(true);
    if (user) (user.append(editing.form), editing.box.focus());
  };
  const edit = (button) => {
    edited();
    const user = button.closest(".user");
    const form = document.createElement("form");
    form.dataset.do = "edit";
    const box = document.createElement("textarea");
    box.name = "text";
    box.value = user.querySelector(".pa-asked p").textContent;
    box.rows = Math.min(6, 1 + Math.ceil(box.value.length / 60));
    box.setAttribute("aria-label", "Question");
    const named = (text, type) => {
      const button = document.createElement("button");
      button.type = type;
      button.className = "pa-tool";
      button.textContent = text;
      return button;
    };
    const cancel = named("Cancel", "button");
    form.append(box, cancel, named("Ask", "submit"));
    cancel.addEventListener("click", edited);
    box.addEventListener("keydown", (event) => {
      if (event.key === "Escape") edited();
      if (event.key === "Enter" && !event.shiftKey) (event.preventDefault(), form.requestSubmit());
    });
    form.addEventListener("submit", () => setTimeout(edited));
    editing = { turn: button.closest(".pa-turn").id, form, box };
    user.append(form);
    editor(true);
    box.focus();
  };

  // The list of conversations unfolds below its button.
  const toggle = () => document.getElementById("pa-toggle");
  const listing = (open) => {
    if (!toggle()) return;
    toggle().closest(".pa-chat").toggleAttribute("data-listing", open);
    toggle().setAttribute("aria-expanded", String(open));
  };
  const isListing = () => Boolean(document.querySelector(".pa-chat[data-listing]"));
  const press = (event) => {
    const target = event.target instanceof Element ? event.target : document.body;
    const button = target.closest("button");
    if (button && button.dataset.copy !== undefined) copied(button);
    if (button && button.dataset.edit !== undefined) edit(button);
    if (button && button.id === "pa-toggle") listing(!isListing());
    else if (!target.closest("#pa-history") || (button && button.dataset.do === "select")) listing(false);
  };
  const leave = (event) => {
    if (event.key !== "Escape") return;
    tip.hidden = true;
    if (isListing()) return listing(false), toggle().focus();
    const source = document.activeElement && document.activeElement.closest(".pa-source");
    if (source && !(sheet && sheet.open)) goBack();
  };

  // A new question goes to the top of the chat, and its answer is written below it: what is being read
  // stands still. The tail is the room that a short answer needs for that.
  let questions = 0;
  const settle = (box) => {
    const turns = box.querySelectorAll(".pa-turn");
    const last = turns[turns.length - 1];
    const tail = parseFloat(box.style.getPropertyValue("--pa-tail")) || 0;
    let needed = 0;
    if (last) {
      const used = box.scrollHeight - tail - (last.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop);
      needed = Math.max(0, Math.floor(box.clientHeight - used));
    }
    if (Math.abs(needed - tail) > 1) box.style.setProperty("--pa-tail", `${needed}px`);
    if (last && turns.length > questions) box.scrollTop += last.getBoundingClientRect().top - box.getBoundingClientRect().top;
    questions = turns.length;
  };

  // What was asked is shown at once, until the server's own turn takes its place.
  const coming = () => document.querySelector("#pa-chatbot > .pa-coming");
  const came = () => {
    if (!coming()) return;
    coming().remove();
    const welcome = document.querySelector("#pa-chatbot .pa-welcome");
    if (welcome) welcome.hidden = false;
  };
  const expect = (question) => {
    const chat = document.getElementById("pa-chatbot");
    if (!chat || !question.trim()) return;
    came();
    const turn = document.createElement("article");
    turn.className = "pa-turn pa-coming prose";
    const part = (name, style, parent, text) => {
      const element = document.createElement(name);
      element.className = style;
      if (text) element.textContent = text;
      parent.append(element);
      return element;
    };
    part("p", "", part("div", "pa-asked", part("div", "user", turn)), question).dir = "auto";
    part("p", "pa-doing", turn, "Searching…");
    chat.append(turn);
    const welcome = chat.querySelector(".pa-welcome");
    if (welcome) welcome.hidden = true;
    turn.scrollIntoView({ block: "nearest" });
    setTimeout(came, 10000);
  };
  const asked = (event) => {
    const target = event.target instanceof Element ? event.target : document.body;
    const box = document.querySelector("#pa-question textarea");
    const byKey = event.type === "keydown" && event.key === "Enter" && !event.shiftKey && target === box;
    const byButton = event.type === "click" && target.closest("#pa-question .submit-button");
    const words = event.type === "click" && target.closest("[data-question]");
    // While an answer is written, nothing else is asked.
    if (document.querySelector("#pa-question .stop-button")) return;
    if (words) expect(words.dataset.question);
    else if ((byKey || byButton) && box && !box.disabled) expect(box.value);
  };

  // Which of the page's tabs is shown, for when it is loaded anew: once the rest is there, not amid its loading.
  const place = (event) => {
    const tab = event.target instanceof Element && event.target.closest("#pa-tabs button[role=tab]");
    if (tab) sessionStorage.setItem("pa-shown", tab.textContent.trim());
  };
  const comeBack = () => {
    const tabs = [...document.querySelectorAll("#pa-tabs button[role=tab]")];
    const tab = tabs.find((each) => each.textContent.trim() === sessionStorage.getItem("pa-shown"));
    if (tab && tab.getAttribute("aria-selected") !== "true") tab.click();
  };

  // And which conversation.
  let loaded = false;
  const note = () => {
    const shown = document.querySelector("#pa-name [data-conversation]");
    if (!shown) return;
    sessionStorage.setItem("pa-conversation", shown.dataset.conversation);
    if (!loaded) comeBack();
    loaded = true;
  };

  // The program that serves the page has ended, or cannot be reached.
  const lost = made("p", "pa-lost");
  lost.setAttribute("role", "alert");
  lost.hidden = true;
  const look = async () => {
    if (document.hidden) return;
    try {
      await fetch("healthz", { cache: "no-store" });
      lost.hidden = true;
    } catch {
      lost.textContent = "The program that serves this page does not answer. Your conversation is kept; it goes on once the program runs again.";
      lost.hidden = false;
    }
  };

  document.addEventListener("click", lead);
  document.addEventListener("click", press);
  document.addEventListener("keydown", leave);
  document.addEventListener("click", place);
  document.addEventListener("click", asked, true);
  document.addEventListener("keydown", asked, true);
  setInterval(look, 5000);
  window.addEventListener("offline", look);
  window.addEventListener("online", look);
  const start = () => {
    const chat = document.getElementById("pa-chatbot");
    if (!chat) return void setTimeout(start, 50);
    if (toggle()) toggle().setAttribute("aria-expanded", "false");
    // What the program says instead of an answer comes here alone.
    const told = document.getElementById("pa-status");
    if (told) new MutationObserver(came).observe(told, { childList: true, subtree: true, characterData: true });
    // It scrolls, so a keyboard has to reach it.
    chat.tabIndex = 0;
    chat.setAttribute("role", "region");
    chat.setAttribute("aria-label", "Conversation");
    const name = document.getElementById("pa-name");
    if (name) new MutationObserver(note).observe(name, { childList: true, subtree: true, attributes: true });
    for (const part of chat.children) new MutationObserver(came).observe(part, { childList: true, subtree: true });
    new MutationObserver(() => (kept(), settle(chat))).observe(chat, { childList: true, subtree: true, characterData: true });
  };
  start();
}
