"use strict";
// Without this script every play link opens its clip; with it the clip plays in place, one at a time.
(() => {
  const sound = new Audio();
  let now = null;
  const stop = () => {
    sound.pause();
    if (now) {
      now.firstElementChild.textContent = "▶";
      now.setAttribute("aria-pressed", "false");
    }
    now = null;
  };
  for (const link of document.querySelectorAll("a.play")) {
    link.setAttribute("role", "button");
    link.setAttribute("aria-pressed", "false");
    const toggle = (event) => {
      event.preventDefault();
      const same = now === link;
      stop();
      if (same) return;
      for (const other of document.querySelectorAll("audio")) other.pause();
      sound.src = link.href;
      sound.play();
      now = link;
      link.firstElementChild.textContent = "❚❚";
      link.setAttribute("aria-pressed", "true");
    };
    link.addEventListener("click", toggle);
    link.addEventListener("keydown", (event) => {
      if (event.key === " ") toggle(event);
    });
  }
  sound.addEventListener("ended", stop);
  document.addEventListener("play", (event) => {
    stop();
    for (const other of document.querySelectorAll("audio")) if (other !== event.target) other.pause();
  }, true);
})();
