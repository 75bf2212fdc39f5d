// Longtang: one small script. Every page works without it; nothing here decides anything the server does not check again.
(() => {
  'use strict';
  const doc = document, body = doc.body;
  const all = (selector, root = doc) => [...root.querySelectorAll(selector)];
  const make = (tag, props = {}, ...children) => {
    const node = Object.assign(doc.createElement(tag), props);
    node.append(...children);
    return node;
  };
  const zero = n => String(n).padStart(2, '0');
  // Browsers that keep nothing (private windows) must not stop the page.
  const store = {
    get(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch { return false; } },
    drop(key) { try { localStorage.removeItem(key); } catch { /* nothing was kept */ } },
    keys() { try { return Object.keys(localStorage); } catch { return []; } },
  };

  // ---- Drafts: what was typed stays in this browser until the form has gone through.
  const week = 7 * 86400e3;
  const draftKey = form => `draft:${body.dataset.user || ''}:${form.dataset.draft}`;
  const keeps = field => field.name && !field.name.startsWith('_') && !field.disabled && !('nodraft' in field.dataset)
    && !['password', 'hidden', 'file', 'submit', 'button'].includes(field.type);
  const typed = form => [...form.elements].filter(keeps);

  function readForm(form) {
    const values = {};
    for (const field of typed(form)) {
      if (field.type === 'radio' || field.type === 'checkbox') {
        (values[field.name] ||= []);
        if (field.checked) values[field.name].push(field.value);
      } else (values[field.name] ||= []).push(field.value);
    }
    return values;
  }
  function fillForm(form, values) {
    const used = {};
    for (const field of typed(form)) {
      const kept = values[field.name];
      if (!kept) continue;
      if (field.type === 'radio' || field.type === 'checkbox') field.checked = kept.includes(field.value);
      else {
        const at = used[field.name] || 0;
        used[field.name] = at + 1;
        if (kept[at] !== undefined) field.value = kept[at];
      }
    }
    all('textarea', form).forEach(grow);
  }
  function startDraft(form) {
    const key = draftKey(form), fresh = JSON.stringify(readForm(form));
    const kept = store.get(key);
    const answered = doc.querySelector('.error-summary');
    if (kept && Date.now() - kept.at < week && !answered && JSON.stringify(kept.values) !== fresh) {
      fillForm(form, kept.values);
      const clear = make('button', { type: 'button', className: 'btn plain', textContent: '清除，重新填写' });
      const when = new Date(kept.at);
      const note = make('p', { className: 'draft-note' },
        `已恢复${when.getMonth() + 1}月${when.getDate()}日 ${zero(when.getHours())}:${zero(when.getMinutes())}未送出的内容，照片须重新选择`, clear);
      note.setAttribute('role', 'status');
      clear.onclick = () => { store.drop(key); fillForm(form, JSON.parse(fresh)); note.remove(); };
      form.prepend(note);
    }
    let timer;
    const save = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const values = readForm(form);
        if (JSON.stringify(values) === fresh) store.drop(key);
        else store.set(key, { at: Date.now(), values });
      }, 400);
    };
    form.addEventListener('input', save);
    form.addEventListener('change', save);
    form.addEventListener('submit', () => { clearTimeout(timer); store.set(key, { at: Date.now(), values: readForm(form), sent: true }); });
  }
  function settleDrafts() {
    const here = new Set(all('form[data-draft]').map(draftKey));
    for (const key of store.keys()) {
      if (!key.startsWith('draft:')) continue;
      const kept = store.get(key);
      // Sent, and the next page is neither a failure nor the form again: it has gone through.
      const through = kept?.sent && !here.has(key) && !('problem' in body.dataset);
      if (!kept || through || Date.now() - kept.at > week) store.drop(key);
    }
  }

  // ---- One tap is one request: the key says so to the server, the quiet button to the person.
  function oneRequest(form) {
    const once = form.elements._once;
    if (once && !once.value && self.crypto?.randomUUID) once.value = crypto.randomUUID();
  }
  const busy = (form, on) => {
    form.dataset.busy = on ? '1' : '';
    for (const button of all('button[type=submit]', form)) {
      on ? button.setAttribute('aria-busy', 'true') : button.removeAttribute('aria-busy');
      button.disabled = on;
    }
  };
  doc.addEventListener('submit', event => {
    const form = event.target;
    if (form.method === 'get') return;
    if (form.dataset.busy) { event.preventDefault(); return; }
    oneRequest(form);
    if ('upload' in form.dataset && pickers(form).some(p => p.files.length)) {
      event.preventDefault();
      send(form, event.submitter);
      return;
    }
    // After the browser has taken the button's own name and value.
    setTimeout(() => busy(form, true));
  });
  addEventListener('pageshow', event => { if (event.persisted) all('form[data-busy]').forEach(form => busy(form, false)); });

  // ---- Photos: shrunk where they need not be evidence, shown at once, sent with progress, sent again when the network was gone.
  const chosen = new WeakMap();
  const pickers = form => all('[data-photos]', form).map(box => chosen.get(box)).filter(Boolean);
  const kilobytes = n => n > 1048576 ? (n / 1048576).toFixed(1) + ' MB' : Math.max(1, Math.round(n / 1024)) + ' KB';

  async function shrink(file, side) {
    if (!side || !/^image\/(jpeg|png|webp|heic|heif)$/.test(file.type) || !self.createImageBitmap) return file;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
      const scale = Math.min(1, side / Math.max(picture.width, picture.height));
      if (scale === 1 && file.type === 'image/jpeg' && file.size < 600e3) { picture.close(); return file; }
      const canvas = make('canvas', { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
      canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
      picture.close();
      const blob = await new Promise(done => canvas.toBlob(done, 'image/jpeg', 0.85));
      if (!blob || (scale === 1 && blob.size >= file.size)) return file;
      return new File([blob], file.name.replace(/\.\w+$/, '') + '.jpg', { type: 'image/jpeg', lastModified: file.lastModified });
    } catch { return file; } // A format the browser cannot draw goes up as it is; the server decides.
  }
  function startPhotos(box) {
    const input = box.querySelector('input[type=file]'), list = box.querySelector('.previews');
    const limit = Number(box.dataset.limit) || 9, side = Number(box.dataset.shrink) || 0;
    const state = { name: input.name, files: [], input, pending: Promise.resolve() };
    chosen.set(box, state);
    const tell = text => {
      let line = box.querySelector('.hint');
      if (!line) box.append(line = make('p', { className: 'hint' }));
      line.textContent = text;
    };
    const add = async files => {
      const room = limit - state.files.length;
      if (files.length > room) tell(`最多 ${limit} 张，多出的没有加入`);
      for (const original of files.slice(0, Math.max(0, room))) {
        const item = make('li');
        list.append(item);
        const file = await shrink(original, side);
        state.files.push(file);
        const address = URL.createObjectURL(file);
        const remove = make('button', { type: 'button' }, make('span', { textContent: '×' }));
        remove.setAttribute('aria-label', `去掉 ${file.name}`);
        remove.onclick = () => {
          state.files.splice(state.files.indexOf(file), 1);
          URL.revokeObjectURL(address);
          item.remove();
        };
        item.append(make('img', { src: address, alt: file.name }), make('span', { className: 'size', textContent: kilobytes(file.size) }), remove);
      }
    };
    input.addEventListener('change', () => {
      const files = [...input.files];
      // Emptied, or the browser would send the unshrunk files a second time; the names stay in our list.
      input.value = '';
      state.pending = state.pending.then(() => add(files));
    });
  }

  async function send(form, submitter) {
    busy(form, true);
    const lists = pickers(form);
    await Promise.all(lists.map(list => list.pending));
    const data = new FormData(form);
    if (submitter?.name) data.append(submitter.name, submitter.value);
    for (const list of lists) {
      data.delete(list.name);
      for (const file of list.files) data.append(list.name, file, file.name);
    }
    form.querySelector('.sending')?.remove();
    const bar = make('progress', { max: 100, value: 0 }), words = make('p', { textContent: '正在送出…' });
    const panel = make('div', { className: 'sending' }, words, bar);
    panel.setAttribute('role', 'status');
    form.append(panel);
    panel.scrollIntoView({ block: 'nearest' });

    const failed = text => {
      busy(form, false);
      bar.remove();
      words.textContent = text;
      const retry = make('button', { type: 'button', className: 'btn secondary', textContent: '重试' });
      retry.onclick = () => send(form, submitter);
      panel.append(retry);
      retry.focus();
    };
    const request = new XMLHttpRequest();
    request.open('POST', submitter?.formAction && submitter.hasAttribute('formaction') ? submitter.formAction : form.action);
    request.setRequestHeader('X-Longtang', 'upload');
    request.timeout = 180e3;
    request.upload.onprogress = event => {
      if (!event.lengthComputable) return;
      bar.value = 100 * event.loaded / event.total;
      words.textContent = event.loaded < event.total ? `正在送出 ${kilobytes(event.loaded)} / ${kilobytes(event.total)}` : '已送达，正在登记…';
    };
    request.onerror = () => failed('网络断开，没有送出。文字存在本机，照片还在本页，不要关闭。');
    request.ontimeout = () => failed('网络太慢，没有送完。文字存在本机，照片还在本页，不要关闭。');
    request.onload = () => {
      const to = request.getResponseHeader('Location');
      if (request.status === 201 && to) { location.assign(new URL(to, location.href)); return; }
      const type = request.getResponseHeader('Content-Type') || '';
      const page = type.includes('text/html') && new DOMParser().parseFromString(request.responseText, 'text/html');
      if (page && page.querySelector('.error-summary')) { showErrors(form, page, panel); return; }
      if (request.status >= 200 && request.status < 300) { location.assign(request.responseURL || location.href); return; }
      const why = page && page.querySelector('.problem .why')?.textContent.trim();
      failed(why || (request.status === 413 ? '照片太大，请去掉几张再送。' : `没有送出（${request.status}）。内容还在本页，请重试。`));
    };
    request.send(data);
  }
  // The server's page after a failed check: its summary and its words beside the fields, while the photos stay chosen.
  function showErrors(form, page, panel) {
    busy(form, false);
    panel.remove();
    all('.error-summary').forEach(node => node.remove());
    all('.field>.error, fieldset>.error', form).forEach(node => node.remove());
    all('.bad', form).forEach(node => node.classList.remove('bad'));
    for (const theirs of all('.bad', page)) {
      const control = theirs.querySelector('[id^="f-"]') || theirs;
      const mine = control.id && doc.getElementById(control.id)?.closest('.field, fieldset');
      const error = theirs.querySelector('.error');
      if (!mine || !error) continue;
      mine.classList.add('bad');
      mine.querySelector('label, legend')?.after(doc.importNode(error, true));
    }
    const once = page.querySelector(`input[name=_once]`);
    if (once && form.elements._once) form.elements._once.value = once.value;
    const summary = page.querySelector('.error-summary');
    if (summary) {
      const mine = doc.importNode(summary, true);
      doc.getElementById('main').prepend(mine);
      mine.focus();
    }
  }

  // ---- Big files: in parts, each kept by the server before the next is sent; what broke off goes on where it stood, also tomorrow.
  function startParts(form) {
    const input = form.querySelector('input[type=file]'), list = form.querySelector('ul'), at = form.action;
    input.multiple = true;
    const ask = async (method, path, data) => {
      const answer = await fetch(at + path, { method, body: data, credentials: 'same-origin', headers: {
        Accept: 'application/json', 'X-CSRF-Token': form.elements._csrf.value,
        'Content-Type': typeof data === 'string' ? 'application/json' : 'application/octet-stream',
      } });
      const said = await answer.json().catch(() => ({}));
      if (!answer.ok) throw Object.assign(new Error(said.detail || `没有送出（${answer.status}）`), { status: answer.status });
      return said;
    };
    async function sendFile(file, tell) {
      const key = `part:${at}:${file.name}:${file.size}:${file.lastModified}`, known = store.get(key);
      let up = known && await ask('GET', `/${known}`).catch(() => null);
      up ||= await ask('POST', '', JSON.stringify({ name: file.name, size: file.size }));
      store.set(key, up.id);
      for (let tries = 0; !up.whole;) {
        tell(`${Math.floor(100 * up.received / up.size)}%（${kilobytes(up.received)} / ${kilobytes(up.size)}）`);
        try {
          up = await ask('PUT', `/${up.id}?offset=${up.received}`, file.slice(up.received, up.received + up.part));
          tries = 0;
        } catch (error) {
          if (++tries > 8 || (error.status >= 400 && ![409, 429, 503].includes(error.status))) throw error;
          tell(`网络不畅，${2 ** Math.min(tries, 5)} 秒后再试`);
          await new Promise(done => setTimeout(done, 1000 * 2 ** Math.min(tries, 5)));
          up = await ask('GET', `/${up.id}`).catch(() => up);
        }
      }
      store.drop(key);
    }
    input.addEventListener('change', async () => {
      let failed = 0;
      input.disabled = true;
      for (const file of [...input.files]) {
        const words = make('small');
        list.append(make('li', {}, make('span', { textContent: file.name }), words));
        try {
          await sendFile(file, text => { words.textContent = text; });
          words.textContent = '已传完';
        } catch (error) {
          failed++;
          words.textContent = `${error.message} 再选一次这个文件会接着传。`;
        }
      }
      input.disabled = false;
      input.value = '';
      if (!failed) location.reload();
    });
  }

  // ---- Black over parts of a picture: drawn here, burnt in by the server from the numbers in the field.
  function startMask(box) {
    const picture = box.querySelector('img'), words = doc.getElementById(box.dataset.mask), canvas = make('canvas'), pen = canvas.getContext('2d');
    const undo = make('button', { type: 'button', className: 'btn secondary', textContent: '去掉最后一处' });
    let from = null, to = null;
    const lines = () => words.value.split('\n').filter(line => line.trim());
    const draw = () => {
      pen.drawImage(picture, 0, 0);
      pen.fillStyle = '#000';
      for (const line of lines()) {
        const [x, y, w, h] = line.trim().split(/[\s,，、]+/).map(Number);
        pen.fillRect(x * canvas.width / 100, y * canvas.height / 100, w * canvas.width / 100, h * canvas.height / 100);
      }
      if (from && to) pen.fillRect(from[0], from[1], to[0] - from[0], to[1] - from[1]);
    };
    const point = event => {
      const frame = canvas.getBoundingClientRect();
      return [(event.clientX - frame.left) * canvas.width / frame.width, (event.clientY - frame.top) * canvas.height / frame.height]
        .map((value, i) => Math.max(0, Math.min(i ? canvas.height : canvas.width, value)));
    };
    const begin = () => {
      [canvas.width, canvas.height] = [picture.naturalWidth, picture.naturalHeight];
      canvas.style.maxWidth = '100%';
      canvas.style.touchAction = 'none';
      picture.replaceWith(canvas);
      box.append(undo);
      draw();
    };
    canvas.addEventListener('pointerdown', event => { canvas.setPointerCapture(event.pointerId); from = to = point(event); });
    canvas.addEventListener('pointermove', event => { if (from) { to = point(event); draw(); } });
    canvas.addEventListener('pointerup', () => {
      const share = (a, b, whole) => (100 * Math.abs(a - b) / whole).toFixed(1);
      if (from && Math.abs(to[0] - from[0]) > 3 && Math.abs(to[1] - from[1]) > 3) {
        words.value = [...lines(), [
          share(Math.min(from[0], to[0]), 0, canvas.width), share(Math.min(from[1], to[1]), 0, canvas.height),
          share(from[0], to[0], canvas.width), share(from[1], to[1], canvas.height),
        ].join(' ')].join('\n');
      }
      from = to = null;
      draw();
    });
    undo.onclick = () => { words.value = lines().slice(0, -1).join('\n'); draw(); };
    words.addEventListener('input', draw);
    picture.complete ? begin() : picture.addEventListener('load', begin);
  }

  // ---- Times count on by themselves; clocks in working days never do, for only the server knows the holidays.
  function refreshTimes() {
    const now = Date.now();
    for (const node of all('time[data-relative]')) {
      const minutes = Math.floor((now - Date.parse(node.dateTime)) / 60e3);
      if (minutes >= 0 && minutes < 1) node.textContent = '刚刚';
      else if (minutes >= 1 && minutes < 60) node.textContent = `${minutes} 分钟前`;
      else if (minutes >= 60 && minutes < 720) node.textContent = `${Math.floor(minutes / 60)} 小时前`;
    }
    for (const clock of all('.clock[data-due]')) {
      if (clock.matches('.pause, .stop')) continue;
      const minutes = Math.trunc((Number(clock.dataset.due) - now) / 60e3), late = Number(clock.dataset.due) < now;
      const span = Math.abs(minutes), hours = Math.floor(span / 60);
      if (hours >= 72) continue;
      const text = (hours ? `${hours} 小时 ` : '') + `${span % 60} 分`;
      const left = clock.querySelector('.left');
      left.textContent = late ? '超期 ' : '还剩 ';
      left.append(make('b', { textContent: text }));
      if (late && !clock.classList.contains('over')) {
        clock.classList.remove('run', 'soon');
        clock.classList.add('over');
        const use = clock.querySelector('use');
        use?.setAttribute('href', use.getAttribute('href').replace(/#.*/, '#warning'));
      }
    }
  }

  // ---- “新到 N 条”: asks quietly while somebody looks; rows never jump by themselves.
  function startPoll(link) {
    const ask = async () => {
      if (doc.hidden) return;
      try {
        const answer = await fetch(link.dataset.poll, { headers: { Accept: 'application/json' }, credentials: 'same-origin' });
        if (!answer.ok) return;
        const { count } = await answer.json();
        const number = link.querySelector('b');
        if (Number.isInteger(count) && String(count) !== number.textContent) number.textContent = count;
        link.hidden = !(count > 0);
      } catch { /* no network now: the next round asks again */ }
    };
    setInterval(ask, 45e3);
    doc.addEventListener('visibilitychange', ask);
  }

  // ---- Small conveniences.
  function startCopy(button) {
    if (!navigator.clipboard && !doc.queryCommandSupported?.('copy')) return;
    button.hidden = false;
    const label = button.querySelector('span'), before = label.textContent;
    button.addEventListener('click', async () => {
      let done = true;
      try { await navigator.clipboard.writeText(button.dataset.copy); } catch {
        const box = make('textarea', { value: button.dataset.copy, className: 'hidden' });
        body.append(box);
        box.select();
        done = doc.execCommand('copy');
        box.remove();
      }
      label.textContent = done ? '已复制' : '没有复制成，请手抄';
      setTimeout(() => { label.textContent = before; }, 2500);
    });
  }
  function startLocate(box) {
    if (!navigator.geolocation) return;
    box.hidden = false;
    const says = box.querySelector('[role=status]'), put = (name, value) => { box.querySelector(`[data-${name}]`).value = value; };
    box.querySelector('button').addEventListener('click', () => {
      says.textContent = '正在定位…';
      navigator.geolocation.getCurrentPosition(({ coords }) => {
        put('lat', coords.latitude.toFixed(6));
        put('lon', coords.longitude.toFixed(6));
        put('acc', Math.round(coords.accuracy));
        says.textContent = `已定位，误差约 ${Math.round(coords.accuracy)} 米`;
      }, error => {
        says.textContent = error.code === 1 ? '手机没有允许定位，请写明位置' : '定位没有成功，请写明位置';
      }, { enableHighAccuracy: true, timeout: 15e3, maximumAge: 60e3 });
    });
  }
  const canGrow = !CSS.supports('field-sizing', 'content');
  function grow(area) {
    if (!canGrow) return;
    // Through the object model, which a content policy without unsafe-inline allows.
    area.style.height = 'auto';
    area.style.height = area.scrollHeight + 2 + 'px';
  }
  // A menu closes when one looks elsewhere.
  doc.addEventListener('click', event => all('details.menu[open]').forEach(menu => { if (!menu.contains(event.target)) menu.open = false; }));
  doc.addEventListener('keydown', event => {
    if (event.key !== 'Escape') return;
    for (const menu of all('details.menu[open]')) { menu.open = false; menu.querySelector('summary').focus(); }
  });

  settleDrafts();
  all('form[data-draft]').forEach(startDraft);
  all('[data-photos]').forEach(startPhotos);
  all('[data-parts]').forEach(startParts);
  all('[data-mask]').forEach(startMask);
  all('[data-poll]').forEach(startPoll);
  all('[data-copy]').forEach(startCopy);
  all('[data-locate]').forEach(startLocate);
  all('textarea').forEach(grow);
  doc.addEventListener('input', event => { if (event.target.tagName === 'TEXTAREA') grow(event.target); });
  all('form[data-auto]').forEach(form => form.addEventListener('change', event => { if (event.target.tagName === 'SELECT') form.requestSubmit(); }));
  refreshTimes();
  setInterval(refreshTimes, 30e3);
  doc.querySelector('[data-focus]')?.focus();
  // Signing out on a shared phone leaves nothing typed behind.
  all('form[action="/sign-out"]').forEach(form => form.addEventListener('submit', () => store.keys().filter(key => /^(draft|part):/.test(key)).forEach(store.drop)));
})();
