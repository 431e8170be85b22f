(function () {
  "use strict";
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

  /* Which rows are shown. */
  $$(".seg").forEach(function (seg) {
    seg.addEventListener("click", function (e) {
      var b = e.target.closest("button");
      if (!b) return;
      $$("button", seg).forEach(function (x) { x.setAttribute("aria-pressed", x === b); });
      var v = b.dataset.v;
      $$("tbody tr", seg.closest(".card")).forEach(function (r) {
        r.hidden = v === "changed" ? !r.dataset.changed : v !== "all" && r.dataset.f !== v;
      });
    });
  });

  /* Sorting; without a script the headings are words. */
  function key(cell) {
    if (!cell.hasAttribute("data-s")) return cell.textContent;
    return cell.dataset.s === "" ? null : Number(cell.dataset.s);
  }
  $$("table.sortable").forEach(function (table) {
    var body = table.tBodies[0], rows = $$("tr", body), by = -1, dir = 1;
    $$("thead th", table).forEach(function (th, at) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = th.textContent;
      th.textContent = "";
      th.appendChild(button);
      button.onclick = function () {
        dir = by === at ? -dir : 1;
        by = at;
        $$("thead th", table).forEach(function (x) { x.removeAttribute("aria-sort"); });
        th.setAttribute("aria-sort", dir > 0 ? "ascending" : "descending");
        var keyed = rows.map(function (row, i) { return { row: row, key: key(row.cells[at]), i: i }; });
        keyed.sort(function (a, b) {
          if (a.key === null || b.key === null) return (a.key === null) - (b.key === null) || a.i - b.i;
          return (a.key < b.key ? -1 : a.key > b.key ? 1 : 0) * dir || a.i - b.i;
        });
        keyed.forEach(function (k) { body.appendChild(k.row); });
      };
    });
  });
  addEventListener("beforeprint", function () { $$("tbody tr[hidden]").forEach(function (r) { r.hidden = false; }); });
  root.dataset.ready = "yes";
})();
