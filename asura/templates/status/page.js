// Keeps a status page fresh, and its bars readable by keys and fingers. Without it nothing is missing.
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const byId = (id) => document.getElementById(id);
  const { poll, root, zone, now, lost } = document.body.dataset;
  const lang = document.documentElement.lang;
  const EVERY = 30_000;
  let known, timer, asked = Date.now(), seen = Date.parse(byId("as-of").dateTime), failures = 0;

  const far = new Intl.RelativeTimeFormat(lang);
  const clock = (at) => new Date(at).toLocaleTimeString(lang, { timeStyle: "short", hourCycle: "h23", timeZone: zone });
  const relative = (seconds) => {
    const [unit, length] = [["day", 86_400], ["hour", 3_600], ["minute", 60]].find((one) => Math.abs(seconds) >= one[1]) || [];
    return unit ? far.format(Math.trunc(seconds / length), unit) : now;
  };
  const age = () => $$("[data-rel]").forEach((one) => { one.textContent = relative((Date.parse(one.dateTime) - Date.now()) / 1000); });

  // What somebody has opened, and where they are, stays as it is when the page changes around them.
  const swap = (text) => {
    const fresh = new DOMParser().parseFromString(text, "text/html"), main = byId("main"), next = $("#main", fresh);
    if (!next) return location.reload();
    const open = $$("details", main).map((one) => [one.id, one.open]);
    const box = main.contains(document.activeElement) && document.activeElement.closest("[id]");
    const within = box && $$("*", box).indexOf(document.activeElement);
    const before = byId("state").textContent, top = scrollY;
    main.replaceChildren(...next.childNodes);
    for (const [id, is] of open) if (byId(id)) byId(id).open = is;
    ready();
    const again = box && byId(box.id);
    if (again) (within < 0 ? again : $$("*", again)[within])?.focus({ preventScroll: true });
    scrollTo({ top, behavior: "instant" });
    document.title = fresh.title;
    if (byId("icon")) byId("icon").href = $("#icon", fresh).href;
    if (byId("state").textContent !== before) byId("said").textContent = byId("state").textContent;
  };

  // The JSON says cheaply whether anything has changed.
  const get = async (address) => {
    const answer = await fetch(address, { cache: "no-cache", signal: AbortSignal.timeout(15_000) });
    if (!answer.ok) throw answer;
    return answer;
  };
  const ask = async () => {
    asked = Date.now();
    try {
      const { headers } = await get(poll), tag = headers.get("ETag");
      const at = Date.parse(headers.get("Last-Modified")) || asked;
      // A page knows its minute; one from a cache is older.
      if (known ? known !== tag : at >= seen + 60_000) swap(await (await get(location.href)).text());
      known = tag; seen = at;
      byId("as-of").dateTime = new Date(seen).toISOString();
      byId("as-of").textContent = clock(seen);
      failures = 0;
    } catch {
      failures += 1;
      byId("lost").textContent = lost.replace("{time}", clock(seen));
    }
    byId("lost").hidden = failures < 2 || !lost;
    plan();
  };
  const plan = () => {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(ask, Math.max(0, asked + EVERY * Math.min(8, 2 ** failures) - Date.now()));
  };

  // Bars: one stop of the tab key for a strip, arrows inside it, and a box that tells of the day.
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  document.body.append(tip);
  let at;
  const leave = () => { at?.classList.remove("at"); at = undefined; tip.hidden = true; };
  const show = (bar) => {
    leave();
    at = bar;
    bar.classList.add("at");
    if (bar.title) { bar.dataset.said = bar.title; bar.title = ""; }
    tip.textContent = bar.dataset.said;
    tip.hidden = false;
    const { left, top, width, bottom } = bar.getBoundingClientRect(), above = top - tip.offsetHeight - 10;
    const right = document.documentElement.clientWidth - tip.offsetWidth - 8;
    tip.style.left = `${scrollX + Math.max(8, Math.min(left + (width - tip.offsetWidth) / 2, right))}px`;
    tip.style.top = `${scrollY + (above > 4 ? above : bottom + 10)}px`;
  };
  const go = (strip, index) => {
    const bars = $$("i", strip).filter((bar) => bar.offsetWidth), n = Math.max(0, Math.min(bars.length - 1, index(bars)));
    show(bars[n]);
    Object.assign(strip, { ariaValueMax: bars.length, ariaValueNow: n + 1, ariaValueText: at.dataset.said });
  };
  const follow = () => { if (at?.dataset.post) location.href = `${root}/incidents/${at.dataset.post}`; };
  const STEPS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, Home: -1e3, End: 1e3 };
  const ready = () => {
    leave();
    age();
    for (const strip of $$(".strip")) {
      const last = strip.lastElementChild.title, name = $("h3", strip.parentNode).textContent;
      Object.assign(strip, {
        role: "slider", tabIndex: 0, ariaLabel: `${name}. ${strip.ariaLabel}`, ariaReadOnly: true,
        ariaValueMin: 1, ariaValueMax: strip.childElementCount, ariaValueNow: strip.childElementCount, ariaValueText: last,
        onfocus: () => { if (strip.matches(":focus-visible")) go(strip, (bars) => bars.length); },
        onblur: leave,
        onpointerover: ({ target }) => { if (target !== strip) show(target); },
        onpointerleave: ({ pointerType }) => { if (pointerType === "mouse") leave(); },
        onclick: ({ pointerType }) => { if (pointerType === "mouse") follow(); },
        onkeydown: (event) => {
          if (event.key === "Escape") leave();
          if (event.key === "Enter") follow();
          if (!STEPS[event.key]) return;
          event.preventDefault();
          go(strip, (bars) => (at ? bars.indexOf(at) : bars.length) + STEPS[event.key]);
        },
      });
    }
  };

  ready();
  setInterval(age, EVERY);
  document.addEventListener("visibilitychange", plan);
  addEventListener("online", ask);
  ask();
})();
