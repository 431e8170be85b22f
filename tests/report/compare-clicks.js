(function () {
  function all(s) { return Array.prototype.slice.call(document.querySelectorAll(s)); }
  var rows = function () { return all("#cells tbody tr").filter(function (r) { return !r.hidden; }); };
  var seen = { all: rows().length };
  all("#cells .seg button").find(function (b) { return b.dataset.v === "changed"; }).click();
  seen.changed = rows().length;
  seen.worse = rows().every(function (r) { return r.dataset.f === "worse"; });
  all("#cells .seg button")[0].click();
  var heads = all("#cells thead button"), a = heads.find(function (b) { return b.textContent === "A"; });
  a.click();
  var at = heads.indexOf(a), number = function (r) { return r.cells[at].dataset.s; };
  seen.ascending = rows().map(number).filter(Boolean).every(function (x, i, l) { return !i || Number(l[i - 1]) <= Number(x); });
  a.click();
  seen.descending = Number(number(rows()[0])) >= Number(number(rows()[1]));
  seen.last = number(rows()[rows().length - 1]);
  seen.sort = a.parentNode.getAttribute("aria-sort");
  document.body.dataset.result = JSON.stringify(seen);
})();
