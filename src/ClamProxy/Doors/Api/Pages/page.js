'use strict';

// Uploads files one after another, then follows each job's events until there is a verdict. What others have written (names of files,
// signatures, errors) goes into the page as text only.

const pause = milliseconds => new Promise(done => setTimeout(done, milliseconds));
const byId = id => document.getElementById(id);
const mostReconnects = 20;
const words = {
  PENDING: 'Waiting for the verdict',
  CLEAN: 'Clean',
  INFECTED: 'Infected',
  UNSCANNABLE: 'Not scanned completely',
  ERROR: 'No verdict',
};

let queue = Promise.resolve();

function start() {
  const drop = byId('drop');
  byId('files').addEventListener('change', event => {
    take(event.target.files);
    event.target.value = '';
  });
  for (const type of ['dragenter', 'dragover', 'dragleave', 'drop']) {
    // Elsewhere too: a file that misses the field must not take this page's place.
    document.addEventListener(type, event => {
      event.preventDefault();
      drop.classList.toggle('over', type.startsWith('drag') && type !== 'dragleave' && drop.contains(event.target));
    });
  }
  drop.addEventListener('drop', event => take(event.dataTransfer.files));
}

function take(files) {
  for (const file of files) {
    const row = new Row(file.name);
    queue = queue.then(() => send(file, row)).then(id => { if (id) { follow(id, row); } });
  }
}

async function send(file, row) {
  try {
    // Asked first: a file need not be sent to hear that credentials are missing.
    const ready = await ask('heartbeat');
    if (!ready.ok) {
      return row.fail(await problemOf(ready));
    }
    const { status, body } = await upload(file, share => row.sending(share));
    return status === 202 ? body.id : row.fail(body?.detail ?? `The answer was ${status}.`);
  } catch (error) {
    return row.fail(error.message);
  }
}

function fields() {
  const token = byId('token').value;
  return token ? { Authorization: `Bearer ${token}` } : {};
}

// Without the browser's own credentials, which would be asked for in a window of its own.
const ask = (path, more = {}) => fetch(path, { headers: { ...fields(), ...more }, credentials: 'omit', cache: 'no-store' });

// fetch does not tell how much was sent.
function upload(file, told) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append('file', file);
    request.open('POST', 'upload');
    for (const [name, value] of Object.entries(fields())) {
      request.setRequestHeader(name, value);
    }
    request.responseType = 'json';
    request.upload.addEventListener('progress', event => told(event.lengthComputable ? event.loaded / event.total : 0));
    request.addEventListener('load', () => done({ status: request.status, body: request.response }));
    request.addEventListener('error', () => failed(new Error('The connection broke while the file was sent.')));
    request.send(form);
  });
}

async function follow(id, row) {
  row.show('PENDING');
  for (let turn = 0; turn < mostReconnects; turn++) {
    try {
      const answer = await ask(`result/${encodeURIComponent(id)}`, { Accept: 'text/event-stream' });
      if (!answer.ok) {
        return row.fail(await problemOf(answer));
      }
      for await (const job of events(answer.body)) {
        row.show(job.status, job.virus ?? job.details);
        if (job.status !== 'PENDING') {
          return job.status === 'CLEAN' ? row.offer(id) : undefined;
        }
      }
    } catch {
      // The connection broke: the job goes on without it.
    }
    await pause(1000);
  }
  return row.fail('The connection breaks again and again.');
}

// Server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const blocks = (text + part.value).split('\n\n');
    text = blocks.pop();
    for (const block of blocks) {
      const lines = block.split('\n');
      const data = lines.find(line => line.startsWith('data: '));
      if (data && lines.includes('event: result')) {
        yield JSON.parse(data.slice('data: '.length));
      }
    }
  }
}

async function problemOf(answer) {
  if (answer.status === 401) {
    byId('access').open = true;
    byId('token').focus();
  }
  const problem = await answer.json().catch(() => ({}));
  return problem.detail ?? `The answer was ${answer.status}.`;
}

class Row {
  constructor(name) {
    this.name = name;
    this.row = document.createElement('li');
    this.label = this.add('span', 'name', name);
    this.state = this.add('span', 'state', 'Waiting to be sent');
    this.bar = this.add('progress', 'bar', '');
    this.bar.max = 1;
    this.bar.value = 0;
    this.bar.setAttribute('aria-label', `Sent of ${name}`);
    this.detail = this.add('span', 'detail', '');
    byId('list').prepend(this.row);
  }

  add(kind, style, text) {
    const element = document.createElement(kind);
    element.className = style;
    element.textContent = text;
    this.row.append(element);
    return element;
  }

  sending(share) {
    this.state.textContent = 'Sending';
    this.bar.value = share;
  }

  show(status, detail) {
    this.row.dataset.status = status;
    this.state.textContent = words[status] ?? status;
    this.detail.textContent = detail ?? '';
    if (status === 'PENDING') {
      this.bar.removeAttribute('value');
      this.bar.setAttribute('aria-label', `Verdict on ${this.name}`);
    } else {
      this.bar.remove();
      byId('news').textContent = `${this.name}: ${this.state.textContent}${detail ? `, ${detail}` : ''}`;
    }
  }

  fail(detail) {
    this.row.dataset.status = 'FAILED';
    this.bar.remove();
    this.state.textContent = 'Failed';
    this.detail.textContent = detail;
    byId('news').textContent = `${this.name}: ${detail}`;
  }

  // A link cannot send a token: then the file comes by a request of this page.
  offer(id) {
    const path = `download/${encodeURIComponent(id)}`;
    const link = this.add('a', 'download', 'Download');
    link.href = path;
    link.download = this.name;
    link.setAttribute('aria-label', `Download ${this.name}`);
    link.addEventListener('click', async event => {
      if (!byId('token').value || link.href.startsWith('blob:')) {
        return;
      }
      event.preventDefault();
      const answer = await ask(path);
      if (!answer.ok) {
        this.fail(await problemOf(answer));
        return;
      }
      link.href = URL.createObjectURL(await answer.blob());
      link.click();
      pause(60_000).then(URL.revokeObjectURL.bind(URL, link.href));
      link.href = path;
    });
  }
}

start();
