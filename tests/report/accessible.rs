//! The pages without a mouse and without colours: the rules of axe-core, and a walk by keyboard.

use serde_json::Value;

use crate::browser::Browser;
use crate::samples;

/// Widths and colours that the rules are checked in.
const VIEWS: [(u32, &str); 3] = [(1280, "light"), (1280, "dark"), (390, "light")];

#[cfg(not(no_axe))]
const AXE: &str = include_str!(env!("AXE_CORE_FILE"));
#[cfg(no_axe)]
const AXE: &str = "";

/// What axe-core objects to, one line a rule and place.
fn objections(browser: &mut Browser) -> Vec<String> {
    browser.evaluate(AXE);
    let found = browser.evaluate(
        "axe.run(document, { resultTypes: ['violations'] }).then(r => r.violations.flatMap(v => v.nodes.slice(0, 3).map(n => \
         v.id + ': ' + n.target.join(' ') + ': ' + n.html.slice(0, 120) + ': ' + n.any.concat(n.all, n.none).map(c => c.message).join('; '))))",
    );
    let found: Vec<Value> = found.as_array().cloned().unwrap_or_default();
    found.iter().map(|line| line.as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
#[cfg_attr(no_axe, ignore = "axe-core is not here: GRIDBOOK_AXE names its axe.min.js")]
fn axe_has_no_objection() {
    let mut browser = Browser::start();
    let mut all = Vec::new();
    for (name, path) in samples::pages() {
        for (width, colours) in VIEWS {
            browser.view(width, 900, colours);
            browser.open(&path, "");
            browser.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })");
            // A cell's trials, where a page has cells.
            browser.evaluate("(b => { if (b) b.click() })(document.querySelector('button.lead'))");
            let found = objections(&mut browser).into_iter();
            all.extend(found.map(|line| format!("{name} {width} {colours}: {line}")));
        }
        browser.evaluate("(s => { if (s) { s.value = 'latex'; s.onchange() } })(document.querySelector('select.exp'))");
        all.extend(objections(&mut browser).into_iter().map(|line| format!("{name}, copying: {line}")));
        assert_eq!(browser.complaints(), Vec::<String>::new(), "{name}");
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
#[cfg_attr(no_axe, ignore = "axe-core is not here: GRIDBOOK_AXE names its axe.min.js")]
fn axe_would_see_a_mistake() {
    let mut browser = Browser::start();
    let (_, path) = samples::pages().swap_remove(0);
    browser.open(&path, "");
    browser.evaluate(
        "document.querySelector('#q').removeAttribute('aria-label'); document.querySelector('#q').placeholder = ''",
    );
    browser.evaluate("document.querySelector('.lede').style.color = '#ccc'");
    let found = objections(&mut browser).join("\n");
    assert!(found.contains("label: #q") && found.contains("color-contrast: .lede"), "{found}");
}
