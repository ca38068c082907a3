(run) => {
  // Each request says which tab sends it, under a name that outlives a reload: so the tab goes on as it was.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const name = sessionStorage.getItem("pa-tab") || [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  sessionStorage.setItem("pa-tab", name);

  // What is in the question's box outlives a reload too.
  const find = (selector) => document.querySelector(selector);
  let typed = sessionStorage.getItem("pa-typed") || "";
  sessionStorage.removeItem("pa-typed");
  const keep = () => {
    const box = find("#pa-question textarea");
    const text = (box && box.value) || typed;
    if (text) sessionStorage.setItem("pa-typed", text);
  };
  const putBack = () => {
    const box = find("#pa-question textarea");
    if (!box || box.disabled) return void setTimeout(putBack, 100);
    if (!box.value) {
      box.value = typed;
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
    typed = "";
  };
  if (typed) putBack();
  window.addEventListener("pagehide", keep);

  const tell = (text) => {
    if (find("#pa-anew")) return;
    if (!find("#pa-question")) return void setTimeout(() => tell(text), 100);
    const line = document.createElement("p");
    line.id = "pa-anew";
    line.setAttribute("role", "status");
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = "Close";
    close.addEventListener("click", () => line.remove());
    find(".gradio-container").prepend(line);
    line.append(text, " ", close);
    sessionStorage.removeItem("pa-tell");
  };
  if (sessionStorage.getItem("pa-tell")) tell(sessionStorage.getItem("pa-tell"));

  // The program that served this page has ended, and another one is there, which knows nothing of this tab's
  // settings. It refuses what the page asks for until the page is loaded anew, and so shows what is true. Once
  // for each run: whatever answers, no page loads itself again and again.
  let leaving = false;
  const anew = (other) => {
    if (leaving) return true;
    const loaded = (sessionStorage.getItem("pa-runs") || "").split(" ");
    if (loaded.includes(other)) {
      tell("This page is not from the program that runs now. Close it, and open its address again.");
      return false;
    }
    leaving = true;
    sessionStorage.setItem("pa-runs", [...loaded, other].join(" ").trim());
    // A question that was clicked or edited stands in no box any more.
    const unsent = find("#pa-chatbot form[data-do='edit'] textarea") || find(".pa-coming .pa-asked p");
    typed = typed || (unsent && (unsent.value || unsent.textContent)) || "";
    keep();
    const box = sessionStorage.getItem("pa-typed") ? " What you typed was not sent: it stands in the box." : "";
    sessionStorage.setItem("pa-tell", `The program was started anew. This tab has its settings and library again; your conversation is kept.${box}`);
    location.reload();
    return true;
  };

  const send = window.fetch;
  window.fetch = async (to, how) => {
    const request = new Request(to, how);
    if (new URL(request.url).origin !== location.origin) return send(request);
    request.headers.set("X-Paper-Assistant-Tab", name);
    request.headers.set("X-Paper-Assistant-Run", run);
    const reply = await send(request);
    const other = reply.status === 409 && reply.headers.get("X-Paper-Assistant-Run");
    // No answer while the page goes: an error would be shown for a moment.
    return other && anew(other) ? new Promise(() => {}) : reply;
  };
}
