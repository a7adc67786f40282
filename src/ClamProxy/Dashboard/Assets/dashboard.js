// Puts what the feed says into the regions of the page. Without it the page shows what was when it was loaded.
const live = document.getElementById('live');
const said = live?.querySelector('span');
const button = live?.querySelector('button');
const retryAfter = 30_000;
let source = null;

function say(text) {
  if (said.textContent !== text) {
    said.textContent = text;
  }
}

// Where the focus is stays: whoever reads or tabs through a region is not thrown out of it.
function replace(region, markup) {
  const focused = region.contains(document.activeElement) ? document.activeElement : null;
  const links = focused ? [...region.querySelectorAll('a')] : [];
  const twins = links.filter(link => link.getAttribute('href') === focused.getAttribute('href'));
  const place = twins.indexOf(focused);
  region.innerHTML = markup;
  if (place >= 0) {
    const now = [...region.querySelectorAll('a')].filter(link => link.getAttribute('href') === focused.getAttribute('href'));
    now[Math.min(place, now.length - 1)]?.focus({ preventScroll: true });
  }
}

function show(event) {
  for (const [name, markup] of Object.entries(JSON.parse(event.data))) {
    const region = document.querySelector(`[data-region="${name}"]`);
    if (region) {
      replace(region, markup);
    }
  }
}

function start() {
  stop();
  button.textContent = live.dataset.pause;
  source = new EventSource(live.dataset.feed);
  source.onopen = () => say(live.dataset.on);
  source.onmessage = show;
  source.onerror = () => {
    say(live.dataset.lost);
    // The browser tries again by itself, unless it was refused.
    if (source.readyState === EventSource.CLOSED) {
      const refused = source;
      setTimeout(() => source === refused && start(), retryAfter);
    }
  };
}

function stop() {
  source?.close();
  source = null;
}

if (live) {
  live.hidden = false;
  button.addEventListener('click', () => {
    if (source) {
      stop();
      say(live.dataset.off);
      button.textContent = live.dataset.resume;
    } else {
      start();
    }
  });
  // Nobody sees a page in the background: it takes no place of those that may be open.
  document.addEventListener('visibilitychange', () => {
    if (document.hidden && source) {
      stop();
      live.dataset.hidden = 'yes';
    } else if (!document.hidden && live.dataset.hidden) {
      delete live.dataset.hidden;
      start();
    }
  });
  if (document.hidden) {
    live.dataset.hidden = 'yes';
  } else {
    start();
  }
}
