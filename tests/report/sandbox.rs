//! The page where little is allowed: in a sandboxed frame as MLflow shows it, without JavaScript, without a network.

use crate::browser::Browser;
use crate::page::write;
use crate::samples;

/// Listens before the page's own script runs.
const BEFORE: &str = "<script>window.wrong=[];addEventListener('error',function(e){wrong.push(String(e.message))});\
                      addEventListener('unhandledrejection',function(e){wrong.push(String(e.reason))});\
                      document.addEventListener('securitypolicyviolation',function(e){wrong.push(e.violatedDirective+' '+e.blockedURI)})</script>";

/// Uses every control once, and tells the frame's owner how it went.
const AFTER: &str = "<script>(function(){
  var used = 0;
  function all(s) { return Array.prototype.slice.call(document.querySelectorAll(s)); }
  function shut() { all('dialog[open]').forEach(function (d) { d.close(); }); }
  all('select').forEach(function (s) { for (var i = 0; i < s.options.length; i++) { s.selectedIndex = i; if (s.onchange) s.onchange(); used++; shut(); } });
  all('button').forEach(function (b) { b.click(); used++; if (!b.closest('dialog')) shut(); });
  all('summary').forEach(function (b) { b.click(); used++; });
  setTimeout(function () { parent.postMessage(JSON.stringify({ used: used, wrong: wrong, origin: String(self.origin), ready: document.documentElement.dataset.ready }), '*'); }, 300);
})()</script></body>";

#[test]
#[cfg_attr(no_chromium, ignore = "no Chromium is installed")]
fn every_control_works_in_a_sandboxed_frame() {
    let mut browser = Browser::start();
    for (name, path) in samples::pages() {
        let page = std::fs::read_to_string(path).unwrap();
        let page = page.replace("<title>", &format!("{BEFORE}<title>")).replace("</body>", AFTER);
        let framed = page.replace('&', "&amp;").replace('"', "&quot;");
        let text = format!(
            "<body><script>onmessage=function(e){{document.body.dataset.said=e.data}}</script>\
             <iframe sandbox=\"allow-scripts\" width=1000 height=800 srcdoc=\"{framed}\"></iframe></body>"
        );
        browser.open(&write(&format!("sandbox-{name}.html"), &text), "");
        let said = browser.evaluate(
            "new Promise(done => { const wait = () => document.body.dataset.said ? done(document.body.dataset.said) : setTimeout(wait, 50); wait() })",
        );
        let said: serde_json::Value = serde_json::from_str(said.as_str().unwrap()).unwrap();
        assert_eq!(said["wrong"], serde_json::json!([]), "{name}");
        assert_eq!((&said["origin"], &said["ready"]), (&"null".into(), &"yes".into()), "{name}");
        assert!(said["used"].as_u64().unwrap() > 10, "{name}: {said}");
        assert_eq!(browser.complaints(), Vec::<String>::new(), "{name}");
    }
}

#[test]
#[cfg_attr(no_chromium, ignore = "no Chromium is installed")]
fn the_page_asks_for_nothing() {
    let mut browser = Browser::start();
    for (name, path) in samples::pages() {
        browser.open(&path, "");
        browser.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })");
        let outside: Vec<String> = browser.requests().into_iter().filter(|url| !url.starts_with("data:")).collect();
        assert_eq!(outside, [format!("file://{}", path.display())], "{name}");
    }
}

#[test]
#[cfg_attr(no_chromium, ignore = "no Chromium is installed")]
fn without_javascript_all_but_the_trials_is_there() {
    let mut browser = Browser::start();
    let read = "document.querySelector('main').innerText";
    for (name, path) in samples::pages() {
        browser.open(&path, "");
        browser.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })");
        let rows = "[...document.querySelectorAll('main table:not(#trials-table) tbody tr')].filter(r => r.checkVisibility()).length";
        let with =
            (browser.evaluate(rows), browser.evaluate("document.querySelectorAll('figure svg[role=img]').length"));
        browser.call("Emulation.setScriptExecutionDisabled", &serde_json::json!({"value": true}));
        browser.open(&path, "");
        assert!(browser.evaluate("document.documentElement.dataset.ready === undefined").as_bool().unwrap(), "{name}");
        browser.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })");
        let without =
            (browser.evaluate(rows), browser.evaluate("document.querySelectorAll('figure svg[role=img]').length"));
        assert_eq!(with, without, "{name}");
        assert_eq!(
            browser.evaluate("[...document.querySelectorAll('.js')].filter(e => e.checkVisibility()).length"),
            0
        );
        let text = browser.evaluate(read).as_str().unwrap().to_owned();
        let sections = browser.evaluate("[...document.querySelectorAll('nav li a')].map(a => a.textContent)");
        for section in sections.as_array().unwrap().iter().skip(1) {
            assert!(text.contains(section.as_str().unwrap()), "{name}: {section}");
        }
        if name == "few" {
            for words in ["paired t-test", "Friedman", "CD = ", "±0.007", "0.781–0.797", "gridbook trials RESULTS"] {
                assert!(
                    text.contains(words)
                        || browser.evaluate("document.body.textContent").as_str().unwrap().contains(words),
                    "{words}"
                );
            }
            assert!(text.contains("0.781–0.797") && text.contains("±0.007"), "both the spread and the interval");
        }
        browser.call("Emulation.setScriptExecutionDisabled", &serde_json::json!({"value": false}));
    }
}
