() => {
  // A paper of the map opens by a click on its point, or by Enter at the point to which the arrows led.
  let map = null;
  let at = null;
  let wanted = "";
  let seen = "";
  const told = () => document.querySelector("#pa-point article");
  const show = () => window.paSheet(told(), map);
  const open = (point) => {
    const paper = String(point || "");
    if (!paper || !window.paPoint) return;
    const there = told();
    if (there && there.dataset.paper === paper) {
      show();
      if (!there.dataset.gone) return;
    }
    wanted = paper;
    window.paPoint(paper);
  };
  const arrive = () => {
    // The element may be the one of before, with another paper in it.
    const paper = told() ? told().dataset.paper : "";
    if (!paper || (paper === seen && paper !== wanted)) return;
    seen = paper;
    wanted = "";
    show();
  };

  // Left and right from paper to paper of a topic, up and down from topic to topic.
  const ways = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  const within = (value, end) => Math.min(Math.max(value, 0), end - 1);
  const press = (event) => {
    const traces = map.data || [];
    const way = ways[event.key];
    if (event.key === "Enter" && at) {
      event.preventDefault(); // else the key presses the button of the sheet that it opens
      return open((traces[at[0]] || { customdata: [] }).customdata[at[1]]);
    }
    if (!way || !traces.length) return;
    event.preventDefault();
    const topic = within(at ? at[0] + way[0] : 0, traces.length);
    const stays = at && topic === at[0];
    at = [topic, stays ? within(at[1] + way[1], traces[topic].customdata.length) : 0];
    point();
  };
  // It is pointed at as by a mouse, so that the map tells the same; and told to those who hear the page.
  const spoken = document.createElement("p");
  spoken.id = "pa-at";
  spoken.className = "pa-hidden";
  spoken.setAttribute("role", "status");
  document.querySelector(".gradio-container").append(spoken);
  const point = () => {
    const { xaxis, yaxis } = map._fullLayout;
    const { x, y, text } = map._fullData[at[0]];
    const area = map.querySelector(".nsewdrag");
    const place = area.getBoundingClientRect();
    const clientX = place.left + xaxis.l2p(x[at[1]]);
    const clientY = place.top + yaxis.l2p(y[at[1]]);
    for (const kind of ["mouseover", "mousemove"]) area.dispatchEvent(new MouseEvent(kind, { clientX, clientY, bubbles: true }));
    // Plotly's markup as text: nothing in it is loaded or run.
    spoken.textContent = new DOMParser().parseFromString(text[at[1]].replace("<br>", ", "), "text/html").body.textContent;
  };

  const watch = () => {
    arrive();
    const drawn = document.querySelector("#pa-map .js-plotly-plot");
    if (!drawn || !drawn.on || drawn === map) return;
    map = drawn;
    at = null;
    map.tabIndex = 0;
    map.setAttribute("role", "application");
    map.setAttribute("aria-label", "Map of the papers by topic. Arrows lead from paper to paper, Enter opens one.");
    map.on("plotly_click", (event) => open((event.points[0] || {}).customdata));
    map.addEventListener("keydown", press);
  };
  new MutationObserver(watch).observe(document.body, { childList: true, subtree: true, attributeFilter: ["data-paper"] });
}
