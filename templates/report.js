(function () {
  "use strict";
  function $(s, r) { return (r || document).querySelector(s); }
  function $$(s, r) { return Array.prototype.slice.call((r || document).querySelectorAll(s)); }

  /* Theme. Storage may be refused: in a sandboxed frame touching it throws. */
  var root = document.documentElement;
  function theme(t, keep) {
    if (t === "auto") root.removeAttribute("data-theme"); else root.setAttribute("data-theme", t);
    $$(".theme button").forEach(function (b) { b.setAttribute("aria-pressed", b.dataset.t === t); });
    if (keep) try { localStorage.setItem("gridbook-theme", t); } catch (e) { /* not kept */ }
  }
  var first = "auto";
  try { first = localStorage.getItem("gridbook-theme") || "auto"; } catch (e) { /* not kept */ }
  var asked = /[?&]theme=(dark|light|auto)/.exec(location.search);
  theme(asked ? asked[1] : first);
  $$(".theme button").forEach(function (b) { b.onclick = function () { theme(b.dataset.t, true); }; });

  /* Choices: metric, spread, flag. */
  function showMetric(table, v) {
    function off(m) { return v !== "all" && m !== v; }
    $$("[data-m]", table).forEach(function (x) { x.hidden = off(x.dataset.m); });
    $$("[data-ms]", table).forEach(function (x) {
      var seen = x.dataset.ms.split(" ").filter(function (m) { return !off(m); }).length;
      x.hidden = !seen;
      if (seen) x.colSpan = seen;
    });
  }
  $$(".seg").forEach(function (seg) {
    seg.addEventListener("click", function (e) {
      var b = e.target.closest("button");
      if (!b) return;
      $$("button", seg).forEach(function (x) { x.setAttribute("aria-pressed", x === b); });
      var v = b.dataset.v, table = $("table", seg.closest(".card"));
      if (seg.dataset.for === "metric") showMetric(table, v);
      if (seg.dataset.for === "spread") table.classList.toggle("show-ci", v === "ci");
      if (seg.dataset.for === "flag") $$("tbody tr", table).forEach(function (r) { r.hidden = v !== "all" && r.dataset.f !== v; });
    });
  });

  /* Copying: a box with the text, since downloads and the clipboard may both be blocked. */
  var dialog = $("dialog"), area = $("textarea", dialog);
  function show(text, name) {
    area.value = text;
    $("#copy-name").textContent = name;
    dialog.showModal();
    area.focus();
    area.select();
  }
  $("#copy-now").onclick = function () {
    area.select();
    var done = false, b = this;
    try { done = document.execCommand("copy"); } catch (e) { /* tried below */ }
    if (!done && navigator.clipboard) navigator.clipboard.writeText(area.value).catch(function () { /* the box is there */ });
    b.textContent = "Copied";
    setTimeout(function () { b.textContent = "Copy"; }, 1200);
  };
  $("#copy-save").onclick = function () {
    try {
      var a = document.createElement("a");
      a.href = URL.createObjectURL(new Blob([area.value], { type: "text/plain" }));
      a.download = $("#copy-name").textContent;
      a.click();
      setTimeout(function () { URL.revokeObjectURL(a.href); }, 1000);
    } catch (e) { /* the box is there */ }
  };
  function field(x) {
    var s = x === null || x === undefined ? "" : String(x);
    /* A spreadsheet would take it for a formula. */
    if (/^[=+\-@\t\r\n＝＋－＠]/.test(s) && !(s.trim() === s && isFinite(s))) s = "'" + s;
    return /[",\r\n]/.test(s) ? '"' + s.replace(/"/g, '""') + '"' : s;
  }
  function csv(rows) { return rows.map(function (r) { return r.map(field).join(","); }).join("\r\n") + "\r\n"; }
  var copies = JSON.parse($("#copies-data").textContent), D = JSON.parse($("#trials-data").textContent);
  /* The ids of trials that are given by their places: "0-4 7". */
  function idsOf(places) {
    var ids = [];
    places.split(" ").filter(Boolean).forEach(function (run) {
      var ends = run.split("-"), last = +(ends[1] || ends[0]);
      for (var i = +ends[0]; i <= last; i++) ids.push(D.ids[i]);
    });
    return ids;
  }
  function wholeRows(c) {
    var at = c.columns.indexOf("trials");
    return c.rows.map(function (r) { return r.map(function (x, i) { return i === at ? idsOf(x).join(" ") : x; }); });
  }
  $$("select.exp").forEach(function (s) {
    var known = copies[s.dataset.t], weka = $('option[value="weka"]', s);
    if (weka && !(known && known.weka)) weka.remove();
    s.onchange = function () {
      var c = copies[s.dataset.t], f = s.value, text;
      s.value = "";
      if (!c || !f) return;
      if (f === "csv") text = csv([c.columns].concat(wholeRows(c)));
      else if (f === "json") text = JSON.stringify(wholeRows(c).map(function (r) {
        var o = {};
        c.columns.forEach(function (k, i) { o[k] = r[i]; });
        return o;
      }), null, 1);
      else text = c[f];
      show(text, "table-" + s.dataset.t.slice(1) + "." + ({ latex: "tex", weka: "txt" }[f] || f));
    };
  });
  var STYLES = ["fill", "stroke", "stroke-width", "opacity", "fill-opacity", "stroke-linejoin", "stroke-linecap", "stroke-dasharray", "font-size", "font-weight", "font-family"];
  function drawing(svg) {
    var copy = svg.cloneNode(true), from = [svg].concat($$("*", svg)), to = [copy].concat($$("*", copy));
    from.forEach(function (e, i) {
      var g = getComputedStyle(e);
      to[i].removeAttribute("class");
      if (/^(title|desc)$/.test(e.tagName)) return;
      STYLES.forEach(function (p) { var v = g.getPropertyValue(p); if (v) to[i].setAttribute(p, v); });
    });
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    return copy.outerHTML;
  }
  /* One file of all panels, two beside each other, with the legend below. */
  function label(words, x, y, color, size) {
    return '<text x="' + x + '" y="' + y + '" fill="' + color + '" font-size="' + size + 'px" font-family="system-ui, sans-serif">' +
      words.replace(/&/g, "&amp;").replace(/</g, "&lt;") + "</text>";
  }
  function whole(figure) {
    var ink = getComputedStyle(figure).color, out = "", y = 0, x = 0, row = 0, wide = 0;
    $$(".pane", figure).forEach(function (pane, i) {
      var svg = $("svg", pane), box = svg.viewBox.baseVal, head = $("h3", pane), copy = drawing(svg);
      if (i % 2 === 0) { y += row; x = 0; row = 0; }
      if (head) out += label(head.textContent, x + 4, y + 14, ink, 13);
      out += copy.replace("<svg ", '<svg x="' + x + '" y="' + (y + 22) + '" width="' + box.width + '" height="' + box.height + '" ');
      x += box.width + 20;
      wide = Math.max(wide, x);
      row = Math.max(row, box.height + 34);
    });
    y += row;
    x = 4;
    $$(".legend > span", figure).forEach(function (entry) {
      var words = entry.textContent.trim(), sw = $(".sw", entry), mark = $("svg", entry), need = 26 + 7.2 * words.length;
      if (x > 4 && x + need > wide) { x = 4; y += 20; }
      if (sw) out += '<rect x="' + x + '" y="' + (y + 4) + '" width="10" height="10" rx="3" fill="' + getComputedStyle(sw).backgroundColor + '"/>';
      if (mark) out += drawing(mark).replace("<svg ", '<svg x="' + x + '" y="' + (y + 3) + '" width="12" height="12" ');
      out += label(words, x + 17, y + 13, ink, 12.5);
      x += need;
    });
    if ($(".legend", figure)) y += 22;
    return '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ' + wide + " " + y + '" width="' + wide + '" height="' + y + '">' + out + "</svg>";
  }
  $$(".svgx").forEach(function (b) {
    b.onclick = function () { show(whole(b.closest("figure")), "figure-" + b.dataset.n.slice(1) + ".svg"); };
  });

  /* Trials: columns of words (each word once) or of whole multiples. */
  var N = D.n, cols = D.cols, index = [], page = 0, SIZE = 20, by = -1, dir = 1;
  cols.forEach(function (c) {
    if (c.w) {
      c.num = c.w.length > 0 && c.w.every(function (w) { return w !== "" && isFinite(w); });
      c.low = c.w.map(function (w) { return w.toLowerCase(); });
    } else c.f = Math.pow(10, c.d);
  });
  function value(c, i) {
    if (!c.w) return c.s[i] === null ? null : c.s[i] / c.f;
    return c.a[i] < 0 ? null : c.num ? +c.w[c.a[i]] : c.low[c.a[i]];
  }
  function text(c, i) {
    if (!c.w) return c.s[i] === null ? "–" : (c.s[i] / c.f).toFixed(c.d).replace("-", "\u2212");
    return c.a[i] < 0 ? "–" : c.w[c.a[i]];
  }
  function plain(c, i) {
    if (!c.w) return c.s[i] === null ? "" : (c.s[i] / c.f).toFixed(c.d);
    return c.a[i] < 0 ? "" : c.w[c.a[i]];
  }
  function bare(s) { return s.toLowerCase().replace(/[^a-z0-9]/g, ""); }
  function test(word) {
    var m = /^([^<>=]+)(<=|>=|=|<|>)(.+)$/.exec(word), c;
    if (m) {
      var k = bare(m[1]);
      c = cols.find(function (c) { return bare(c.k) === k || bare(c.n) === k; }) ||
        cols.find(function (c) { return k && (bare(c.k).indexOf(k) === 0 || bare(c.n).indexOf(k) === 0); });
    }
    if (c) {
      var n = parseFloat(m[3].replace("\u2212", "-")), op = m[2];
      return function (i) {
        var v = value(c, i);
        if (v === null) return false;
        if (op === "=") return v === n || String(v) === m[3];
        return op === "<" ? v < n : op === ">" ? v > n : op === "<=" ? v <= n : v >= n;
      };
    }
    return function (i) {
      return D.ids[i].indexOf(word) === 0 || cols.some(function (c) { return c.w && !c.num && c.a[i] >= 0 && c.low[c.a[i]].indexOf(word) >= 0; });
    };
  }
  /* A cell leads to its trials. */
  var chosen = null, from = null;
  function choose(ids, what, button) {
    chosen = {};
    from = button;
    ids.forEach(function (id) { chosen[id] = true; });
    $("#chosen-what").textContent = what + ": " + ids.length + (ids.length === 1 ? " trial" : " trials");
    $("#chosen-run").textContent = "gridbook run experiment.toml --results again --only trial=" + ids.join(",");
    $("#chosen").hidden = false;
    $("#q").value = "";
    $$("select.fil").forEach(function (s) { s.value = ""; });
    filter();
    $("#trials").scrollIntoView();
    $("#chosen-all").focus({ preventScroll: true });
  }
  $("#chosen-all").onclick = function () {
    chosen = null;
    $("#chosen").hidden = true;
    filter();
    /* What had the focus is gone: back to the cell. */
    (from && from.getClientRects().length ? from : $("#q")).focus();
  };
  function lead(td, places, what) {
    if (!places) return;
    var first = td.firstChild, button = document.createElement("button");
    button.type = "button";
    button.className = "lead";
    button.title = (td.title ? td.title + "; " : "") + "show its trials";
    td.insertBefore(button, first);
    button.appendChild(first);
    button.onclick = function () { choose(idsOf(places), what, button); };
  }
  Object.keys(copies).forEach(function (id) {
    var copy = copies[id], at = copy.columns.indexOf("trials"), table = document.getElementById(id), i = 0;
    /* What a cell is called: its row, column and metric. */
    var begin = copy.columns[0] === "table" ? 1 : 0, end = copy.columns.indexOf("metric") + 1, name = "Table " + id.slice(1) + ", ";
    if (!table || at < 0) return;
    $$("tbody tr", table).forEach(function (tr) {
      var cells = $$("td.ours", tr);
      if (!cells.length) cells = $$("td:not(.lab2)", tr);
      cells.forEach(function (td) {
        var row = copy.rows[i++];
        if (row) lead(td, row[at], name + row.slice(begin, end).filter(Boolean).join(" / "));
      });
    });
  });
  function filter() {
    var tests = $("#q").value.trim().toLowerCase().split(/\s+/).filter(Boolean).map(test);
    $$("select.fil").forEach(function (s) {
      if (!s.value) return;
      var c = cols.find(function (c) { return c.k === s.dataset.k; }), at = c.w.indexOf(s.value);
      tests.push(function (i) { return c.a[i] === at; });
    });
    if (chosen) tests.push(function (i) { return chosen[D.ids[i]]; });
    index = [];
    for (var i = 0; i < N; i++) {
      var ok = true;
      for (var j = 0; j < tests.length && ok; j++) ok = tests[j](i);
      if (ok) index.push(i);
    }
    if (by >= 0) {
      var c = cols[by];
      index.sort(function (a, b) {
        var x = value(c, a), y = value(c, b);
        if (x === null || y === null) return (x === null) - (y === null) || a - b;
        return (x < y ? -1 : x > y ? 1 : 0) * dir || a - b;
      });
    }
    page = 0;
    draw();
  }
  function cell(tag, words, className) {
    var e = document.createElement(tag);
    e.textContent = words;
    if (className) e.className = className;
    return e;
  }
  function draw() {
    var body = $("#trials-table tbody"), end = Math.min(index.length, (page + 1) * SIZE), rows = document.createDocumentFragment();
    for (var p = page * SIZE; p < end; p++) {
      var i = index[p], tr = document.createElement("tr"), id = cell("th", D.ids[i], "l");
      id.scope = "row";
      tr.appendChild(id);
      cols.forEach(function (c) {
        var words = text(c, i), td;
        if (c.k === "status") {
          td = cell("td", "", "l");
          var bad = /^(failed|timed out|quarantined)$/.test(words);
          td.appendChild(cell("span", (bad ? "▼ " : "") + words, "flag " + (bad ? "failed" : "quiet")));
        } else {
          td = cell("td", words, c.w && !c.num ? (words.length > 40 ? "l long" : "l") : "");
          if (words.length > 40) td.title = words;
        }
        tr.appendChild(td);
      });
      rows.appendChild(tr);
    }
    body.textContent = "";
    body.appendChild(rows);
    $("#empty").hidden = index.length > 0;
    $("#cnt").textContent = (index.length ? page * SIZE + 1 + "–" + end + " of " : "") + index.length.toLocaleString("en") + " trials" +
      (index.length < N ? " (of " + N.toLocaleString("en") + ")" : "");
    $("#prev").disabled = !page;
    $("#next").disabled = end >= index.length;
  }
  $("#q").oninput = filter;
  $$("select.fil").forEach(function (s) { s.onchange = filter; });
  function turn(by, button, other) {
    button.onclick = function () {
      page += by;
      draw();
      if (button.disabled) other.focus();
    };
  }
  turn(-1, $("#prev"), $("#next"));
  turn(1, $("#next"), $("#prev"));
  $$("#trials-table thead button").forEach(function (b, k) {
    b.onclick = function () {
      dir = by === k ? -dir : 1;
      by = k;
      $$("#trials-table thead th").forEach(function (t) { t.removeAttribute("aria-sort"); });
      b.parentNode.setAttribute("aria-sort", dir > 0 ? "ascending" : "descending");
      filter();
    };
  });
  $("#trials-csv").onclick = function () {
    var rows = [["trial"].concat(cols.map(function (c) { return c.n; }))];
    index.forEach(function (i) { rows.push([D.ids[i]].concat(cols.map(function (c) { return plain(c, i); }))); });
    show(csv(rows), "trials.csv");
  };
  filter();

  /* Where am I. */
  if ("IntersectionObserver" in window) {
    var links = {};
    $$("nav li a").forEach(function (a) { links[a.hash.slice(1)] = a; });
    var seen = new IntersectionObserver(function (entries) {
      entries.forEach(function (e) {
        if (!e.isIntersecting) return;
        $$("nav a.on").forEach(function (a) { a.classList.remove("on"); a.removeAttribute("aria-current"); });
        var a = links[e.target.id];
        if (a) { a.classList.add("on"); a.setAttribute("aria-current", "true"); }
      });
    }, { rootMargin: "-10% 0px -75% 0px" });
    $$("main [id]").forEach(function (s) { if (links[s.id]) seen.observe(s); });
  }
  addEventListener("beforeprint", function () { $$("details:not(.nums)").forEach(function (d) { d.open = true; }); });
  root.dataset.ready = "yes";
})();
