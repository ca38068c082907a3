() => {
  // Each request says which tab sends it, under a name that outlives a reload: so the tab goes on as it was.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const name = sessionStorage.getItem("pa-tab") || [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  sessionStorage.setItem("pa-tab", name);
  const send = window.fetch;
  window.fetch = (to, how) => {
    const request = new Request(to, how);
    if (new URL(request.url).origin === location.origin) request.headers.set("X-Paper-Assistant-Tab", name);
    return send(request);
  };
}
