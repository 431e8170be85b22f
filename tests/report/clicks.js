(function () {
  function $(s) { return document.querySelector(s); }
  function text(s) { return document.querySelector(s).textContent; }
  function seen(s) { return Array.from(document.querySelectorAll(s)).filter(function (x) { return x.getClientRects().length; }).length; }
  var r = {};
  $('[data-for=metric] [data-v="0"]').click();
  r.cells = seen("#t1 tbody tr:first-child td");
  r.span = $("#t1 thead .sp").colSpan;
  $('[data-for=metric] [data-v="all"]').click();
  r.all = seen("#t1 tbody tr:first-child td");
  $('[data-for=spread] [data-v="ci"]').click();
  r.ci = [seen("#t1 .sd"), seen("#t1 .ci") > 0];
  $('[data-for=flag] [data-v="above"]').click();
  r.above = seen("#t3 tbody tr");
  $("#q").value = "dec acc>0.9";
  $("#q").oninput();
  r.found = text("#cnt");
  $("#q").value = "";
  $("#q").oninput();
  var heads = Array.from(document.querySelectorAll("#trials-table thead button"));
  var acc = heads.find(function (b) { return b.textContent === "ACC"; });
  acc.click();
  acc.click();
  r.sorted = [acc.parentNode.getAttribute("aria-sort"), text("#trials-table tbody tr td:nth-child(6)")];
  $("#next").click();
  r.second = text("#cnt");
  function copy(f) { var s = $("select.exp"); s.value = f; s.onchange(); var t = $("dialog textarea").value; $("dialog").close(); return t; }
  r.csv = copy("csv").slice(0, 22);
  r.latex = copy("latex").indexOf("cmidrule") > 0;
  r.json = JSON.parse(copy("json"))[0].row;
  $(".svgx").click();
  var svg = $("dialog textarea").value;
  var parsed = new DOMParser().parseFromString(svg, "image/svg+xml");
  r.svg = [parsed.documentElement.tagName, parsed.querySelectorAll("svg svg").length > 2, / fill="rgb/.test(svg), /class=/.test(svg)];
  /* Every cell that leads somewhere: the ids of the rows it shows, on all pages. */
  r.leads = {};
  Array.from(document.querySelectorAll("table[id]")).forEach(function (table) {
    r.leads[table.id] = Array.from(table.querySelectorAll("button.lead")).map(function (b) {
      b.click();
      var ids = [], more = true;
      while (more) {
        Array.from(document.querySelectorAll("#trials-table tbody th")).forEach(function (th) { ids.push(th.textContent); });
        more = !$("#next").disabled;
        $("#next").click();
      }
      return [b.textContent, ids.sort().join(" "), text("#chosen-run")];
    });
  });
  $("#chosen-all").click();
  r.after = text("#cnt");
  document.body.dataset.result = JSON.stringify(r);
})();
