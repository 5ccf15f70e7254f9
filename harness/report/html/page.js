'use strict';
(() => {
  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($('data').textContent);
  const verdicts = data.verdicts;
  const [RUN, NAME, VERDICT, TIME, MARK, MESSAGE, FAILURE] = [0, 1, 2, 3, 4, 5, 6];

  const element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };
  const icon = (name) => {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('class', `i ${name}`);
    svg.setAttribute('aria-hidden', 'true');
    const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
    use.setAttribute('href', `#i-${name}`);
    svg.append(use);
    return svg;
  };
  const time = (seconds) =>
    seconds < 1 ? `${Math.round(seconds * 1000)} ms`
      : seconds < 60 ? `${+seconds.toFixed(2)} s`
        : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;

  // Light or dark.
  const root = document.documentElement;
  const stored = (() => { try { return localStorage.getItem('ctestbed-theme'); } catch { return null; } })();
  if (stored === 'light' || stored === 'dark') root.dataset.theme = stored;
  const isDark = () => root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  const showTheme = () => { $('theme').textContent = isDark() ? 'Light' : 'Dark'; };
  const switchTheme = () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    try { localStorage.setItem('ctestbed-theme', root.dataset.theme); } catch { /* kept for this page only */ }
    showTheme();
  };
  $('theme').addEventListener('click', switchTheme);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', showTheme);
  $('help-open').addEventListener('click', () => $('help').showModal());
  showTheme();
  $('tools').hidden = false;

  // The table of cases: only the rows in sight are there.
  const HEIGHT = 38, BESIDE = 12;
  const rows = $('rows'), body = $('body');
  const texts = data.cases.map((c) => `${data.runs[c[RUN]].name} ${c[NAME]} ${c[MESSAGE]}`.toLowerCase());
  const hidden = new Set();
  let run = -1, order = { by: '', down: false }, shown = [], first = -1, last = -1;

  const keys = {
    verdict: (c) => [1, 2, 4, 3, 0].indexOf(c[VERDICT]),
    case: (c) => c[NAME],
    run: (c) => c[RUN],
    time: (c) => c[TIME],
  };
  const rowOf = (at) => {
    const c = data.cases[shown[at]], verdict = verdicts[c[VERDICT]];
    const word = element('span', { class: 'word' }, verdict);
    const row = element('tr', { 'data-at': at, tabindex: '-1', 'aria-rowindex': at + 2 },
      element('td', {}, icon(verdict), word),
      element('td', { title: c[MESSAGE] ? `${c[NAME]}: ${c[MESSAGE]}` : c[NAME] }, c[NAME]),
      element('td', {}, data.runs[c[RUN]].name), element('td', {}, time(c[TIME])));
    if (c[MESSAGE]) row.children[1].append(element('small', {}, `  ${c[MESSAGE]}`));
    return row;
  };
  const spacer = (count) => {
    const row = element('tr', { 'aria-hidden': 'true' });
    row.style.height = `${count * HEIGHT}px`;
    return row;
  };
  const draw = (force) => {
    const top = Math.max(0, Math.floor(rows.scrollTop / HEIGHT) - BESIDE);
    const end = Math.min(shown.length, top + Math.ceil(rows.clientHeight / HEIGHT) + 2 * BESIDE);
    if (!force && top === first && end === last) return;
    const focused = body.contains(document.activeElement) ? document.activeElement.dataset.at : null;
    first = top;
    last = end;
    const made = [spacer(top)];
    for (let at = top; at < end; ++at) made.push(rowOf(at));
    body.replaceChildren(...made, spacer(shown.length - end));
    if (focused !== null) body.querySelector(`[data-at="${focused}"]`)?.focus({ preventScroll: true });
  };
  const choose = () => {
    const wanted = $('search').value.toLowerCase().split(/\s+/).filter(Boolean);
    shown = [];
    data.cases.forEach((c, i) => {
      if (hidden.has(c[VERDICT]) || (run >= 0 && c[RUN] !== run)) return;
      if (wanted.every((word) => texts[i].includes(word))) shown.push(i);
    });
    const key = keys[order.by];
    if (key) {
      const sign = order.down ? -1 : 1;
      const value = shown.map((i) => [key(data.cases[i]), i]);
      value.sort(([a, i], [b, j]) => (a < b ? -sign : a > b ? sign : i - j));
      shown = value.map(([, i]) => i);
    }
    const all = data.counts.cases.all;
    $('shown').textContent = `${shown.length} of ${all} case${all === 1 ? '' : 's'}` +
      (data.cases.length < all ? `; the page has the first ${data.cases.length}` : '');
    body.parentElement.setAttribute('aria-rowcount', shown.length + 1);
    rows.scrollTop = 0;
    draw(true);
  };
  const chooseRun = (index) => {
    run = index;
    $('run-filter').hidden = run < 0;
    if (run >= 0) $('run-filter').textContent = data.runs[run].name;
    choose();
  };

  verdicts.forEach((verdict, i) => {
    const count = data.cases.reduce((sum, c) => sum + (c[VERDICT] === i), 0);
    if (count === 0) return;
    const chip = element('button', { type: 'button', class: verdict, 'aria-pressed': 'true' },
      icon(verdict), `${verdict} ${count}`);
    chip.addEventListener('click', () => {
      const hide = chip.getAttribute('aria-pressed') === 'true';
      chip.setAttribute('aria-pressed', !hide);
      if (hide) hidden.add(i); else hidden.delete(i);
      choose();
    });
    $('chips').append(chip);
  });
  document.querySelectorAll('[data-sort]').forEach((button) => button.addEventListener('click', () => {
    const by = button.dataset.sort;
    order = { by, down: order.by === by && !order.down };
    document.querySelectorAll('#rows th').forEach((th) => th.removeAttribute('aria-sort'));
    button.parentElement.setAttribute('aria-sort', order.down ? 'descending' : 'ascending');
    choose();
  }));
  $('run-filter').addEventListener('click', () => chooseRun(-1));
  $('search').addEventListener('input', choose);
  rows.addEventListener('scroll', () => draw(false));
  addEventListener('resize', () => draw(false));

  const show = (target) => {
    for (let at = target; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true;
    (target.querySelector('summary') ?? target).focus();
    target.scrollIntoView({ block: 'start' });
  };
  const fact = (name, ...value) =>
    element('div', {}, element('dt', {}, name), element('dd', {}, ...value));
  const open = (at) => {
    const c = data.cases[shown[at]], of = data.runs[c[RUN]], verdict = verdicts[c[VERDICT]];
    if (c[FAILURE]) return show($(c[FAILURE]));
    $('case-title').textContent = c[NAME];
    $('case-facts').replaceChildren(
      fact('verdict', icon(verdict), ` ${verdict}${of.flaky ? ', flaky' : ''}`),
      fact('run', of.name), fact('time', time(c[TIME])),
      ...(c[MARK] ? [fact('stands in', c[MARK])] : []),
      ...(c[MESSAGE] ? [fact('says', c[MESSAGE])] : []),
      ...(of.attempts > 1 ? [fact('attempts', `${of.attempts}`)] : []),
      fact('again', element('code', {}, of.again)));
    $('case').showModal();
    return undefined;
  };
  body.addEventListener('click', (event) => {
    const row = event.target.closest('[data-at]');
    if (row) { row.focus({ preventScroll: true }); open(+row.dataset.at); }
  });
  const focusRow = (at) => {
    if (at < 0 || at >= shown.length) return;
    const head = body.parentElement.tHead.offsetHeight;
    if (at * HEIGHT < rows.scrollTop) rows.scrollTop = at * HEIGHT;
    const bottom = head + (at + 1) * HEIGHT;
    if (bottom > rows.scrollTop + rows.clientHeight) rows.scrollTop = bottom - rows.clientHeight;
    draw(false);
    body.querySelector(`[data-at="${at}"]`)?.focus({ preventScroll: true });
  };
  $('table').hidden = false;
  chooseRun(-1);

  // Links to a run show its cases, those to something folded unfold it.
  const follow = (hash) => {
    const match = /^#run-(\d+)$/.exec(hash);
    if (match) { chooseRun(+match[1]); $('cases').scrollIntoView(); focusRow(0); return true; }
    const target = hash.length > 1 && $(hash.slice(1));
    if (target && target.tagName === 'DETAILS') { show(target); return true; }
    return false;
  };
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (link && follow(link.getAttribute('href'))) event.preventDefault();
  });
  addEventListener('hashchange', () => follow(location.hash));
  follow(location.hash);

  // From one failure, case or environment to the next.
  const items = () => [...document.querySelectorAll('details.item > summary')];
  const move = (step) => {
    const focus = document.activeElement;
    const row = focus.closest?.('[data-at]');
    if (row) return focusRow(+row.dataset.at + step);
    if (focus === rows || focus === $('search')) return focusRow(0);
    const list = items();
    const at = list.indexOf(focus.closest?.('details.item')?.querySelector('summary'));
    const next = list[at < 0 ? (step > 0 ? 0 : list.length - 1) : at + step];
    if (next) { next.focus(); next.scrollIntoView({ block: 'nearest' }); }
    return undefined;
  };
  const isTyping = (target) => target.matches?.('input, textarea, select');
  const actions = {
    j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1),
    '/': () => { $('search').focus(); $('search').select(); },
    t: switchTheme, '?': () => $('help').showModal(),
    Enter: (event) => {
      const row = event.target.closest?.('[data-at]');
      if (!row) return false;
      open(+row.dataset.at);
      return true;
    },
    Escape: (event) => {
      const item = event.target.closest?.('details.item[open]');
      if (!item) return false;
      item.open = false;
      item.querySelector('summary').focus();
      return true;
    },
  };
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    if (isTyping(event.target)) {
      if (event.key === 'ArrowDown' || event.key === 'Enter') { focusRow(0); event.preventDefault(); }
      if (event.key === 'Escape') { event.target.value = ''; choose(); event.target.blur(); }
      return;
    }
    // Arrows scroll what can be scrolled, unless something to step through has the focus.
    const steps = document.activeElement.closest?.('[data-at], details.item > summary, #rows');
    if (event.key.startsWith('Arrow') && !steps) return;
    const action = actions[event.key];
    if (action && action(event) !== false) event.preventDefault();
  });
  addEventListener('beforeprint', () => document.querySelectorAll('details').forEach((d) => { d.open = true; }));
})();
