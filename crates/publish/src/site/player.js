"use strict";
// Without this script a play link leads to the clip itself, or to where its own player stands. With it all clips play
// in one place, one at a time, with a waveform to seek in and with captions in both languages.
(() => {
  const byId = (id) => document.getElementById(id);
  const [dock, sound, toggle, position] = ["dock", "sound", "toggle", "position"].map(byId);
  const waves = dock.querySelectorAll(".wave");
  const done = dock.querySelector(".done");
  const clock = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}`;
  const length = () => (Number.isFinite(sound.duration) ? sound.duration : 0);
  let now = null;

  const paint = () => {
    const share = length() ? sound.currentTime / length() : 0;
    done.style.width = `${100 * share}%`;
    waves[1].style.width = `${waves[0].clientWidth}px`;
    position.value = String(Math.round(1000 * share));
    position.setAttribute("aria-valuetext", clock(sound.currentTime));
    byId("clock").textContent = `${clock(sound.currentTime)} / ${clock(length())}`;
    const playing = !sound.paused;
    toggle.classList.toggle("on", playing);
    toggle.setAttribute("aria-label", playing ? toggle.dataset.pause : toggle.dataset.play);
    if (now) {
      now.classList.toggle("on", playing);
      now.setAttribute("aria-pressed", String(playing));
    }
    if (playing) requestAnimationFrame(paint);
  };

  // The words of a caption; `<v Name>` says whose they are.
  const say = (track, text, who) => {
    const cues = [...(track.activeCues || [])];
    text.textContent = cues.map((cue) => cue.getCueAsHTML().textContent).join(" ");
    if (who) who.textContent = cues.map((cue) => (/^<v ([^>]*)>/.exec(cue.text) || ["", ""])[1]).find(Boolean) || "";
    if (who && who.textContent) who.textContent += ":";
  };
  const caption = (file, language, text, who) => {
    text.textContent = "";
    if (who) who.textContent = "";
    // A page that is opened as a file may not read other files.
    if (!file || location.protocol === "file:") return;
    const track = document.createElement("track");
    Object.assign(track, { kind: "captions", srclang: language, src: file });
    sound.append(track);
    track.track.mode = "hidden";
    track.track.addEventListener("cuechange", () => say(track.track, text, who));
  };

  const stop = () => {
    sound.pause();
    if (now) {
      now.classList.remove("on");
      now.setAttribute("aria-pressed", "false");
    }
    now = null;
  };
  const start = (link) => {
    stop();
    now = link;
    sound.replaceChildren();
    sound.src = link.dataset.clip;
    caption(link.dataset.captions, document.documentElement.lang, byId("cue"), byId("cue-who"));
    byId("cue-spoken").lang = link.dataset.language || "";
    caption(link.dataset.spoken, link.dataset.language, byId("cue-spoken"), null);
    const drawn = link.querySelector(".wave");
    for (const wave of waves) {
      wave.setAttribute("viewBox", drawn.getAttribute("viewBox"));
      wave.firstElementChild.setAttribute("d", drawn.firstElementChild.getAttribute("d"));
    }
    dock.hidden = false;
    document.body.classList.add("docked");
    sound.play().catch(paint);
  };
  const turn = () => {
    if (sound.paused) sound.play().catch(paint);
    else sound.pause();
  };

  for (const link of document.querySelectorAll("a.play")) {
    link.setAttribute("role", "button");
    link.setAttribute("aria-pressed", "false");
    const press = (event) => {
      event.preventDefault();
      if (now === link) turn();
      else start(link);
    };
    link.addEventListener("click", press);
    link.addEventListener("keydown", (event) => {
      if (event.key === " ") press(event);
    });
  }
  const close = () => {
    const link = now;
    stop();
    dock.hidden = true;
    document.body.classList.remove("docked");
    if (link) link.focus({ preventScroll: true });
  };
  toggle.addEventListener("click", turn);
  byId("close").addEventListener("click", close);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !dock.hidden) close();
  });
  const silent = byId("silent");
  if (silent) silent.addEventListener("change", () => silent.checked && !dock.hidden && close());
  position.addEventListener("input", () => {
    sound.currentTime = (Number(position.value) / 1000) * length();
    paint();
  });
  for (const event of ["play", "pause", "ended", "loadedmetadata", "seeked"]) sound.addEventListener(event, paint);
})();
