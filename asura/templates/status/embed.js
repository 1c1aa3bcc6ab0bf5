// A line about a status page on other pages: there only while something is wrong or worked on.
(() => {
  const d = document, { src, dataset: { lang, position } } = d.currentScript;
  const WORDS = {
    en: "Some systems have problems|Some systems are down|Major outage|Maintenance in progress|See status|Close",
    de: "Einige Systeme haben Probleme|Einige Systeme sind ausgefallen|Großer Ausfall|Wartungsarbeiten laufen|Zum Status|Schließen",
    zh: "部分系统异常|部分系统中断|严重中断|维护中|查看状态|关闭",
  };
  const LEVELS = ["minor", "major", "critical", "maintenance"], COLORS = ["#b80", "#c41", "#c22", "#26b"];
  const CSS = `:host{all:initial}
    div{display:flex;gap:12px;align-items:center;padding:8px 8px 8px 18px;border-radius:8px;color:#223;background:#fff;font:15px/1.4 system-ui}
    .float{position:fixed;z-index:2147483647;inset:auto 16px 16px;max-width:600px;margin:auto}
    .top{inset:16px 16px auto}
    span{flex:1}
    a{color:inherit}
    button{padding:0 9px;border:0;background:none;color:inherit;font:24px system-ui}
    @media(prefers-color-scheme:dark){div{color:#eef;background:#223}}`;
  const say = (WORDS[(lang || "$LANGUAGE" || d.documentElement.lang || navigator.language).slice(0, 2)] || WORDS.en).split("|");
  let host, shown, closed, asked = 0;
  try { closed = sessionStorage[src]; } catch {}

  const get = async (file) => (await fetch(new URL(`api/v2/${file}.json`, src))).json();
  const make = (tag, more) => Object.assign(d.createElement(tag), more);
  const onclick = () => {
    host.remove();
    closed = shown;
    try { sessionStorage[src] = shown; } catch {}
  };
  const draw = (key, level, page, title) => {
    if (key === shown) return;
    shown = key;
    host?.remove();
    if (!key || key === closed) return;
    const place = d.getElementById("asura-status"), sheet = new CSSStyleSheet();
    const box = make("div", { role: "status", className: place ? "" : `float ${position}` });
    const text = make("span", { textContent: `: ${say[level]}${title ? ` (${title})` : ""}` });
    text.prepend(make("b", { textContent: page.name }));
    box.style.boxShadow = `inset 6px 0 ${COLORS[level]},0 0 0 1px #889`;
    box.append(text, make("a", { href: page.url, textContent: say[4] }), make("button", { textContent: "×", ariaLabel: say[5], onclick }));
    host = make("div");
    const root = host.attachShadow({ mode: "open" });
    sheet.replaceSync(CSS);
    root.adoptedStyleSheets = [sheet];
    root.append(box);
    (place || d.body).append(host);
  };
  const ask = async () => {
    if (d.hidden || Date.now() - asked < 55e3) return;
    asked = Date.now();
    try {
      const { page, status } = await get("status"), level = LEVELS.indexOf(status.indicator);
      if (level < 0) return draw("");
      const found = await get(level > 2 ? "scheduled-maintenances/active" : "incidents/unresolved");
      const [first] = found.incidents || found.scheduled_maintenances;
      draw(`${level} ${first?.id}`, level, page, first?.name);
    } catch {} // Nothing is known: what is there stays.
  };
  setInterval(ask, 6e4);
  for (const when of ["visibilitychange", "DOMContentLoaded"]) d.addEventListener(when, ask);
  d.body && ask();
})();
