//! The pages without a mouse and without colours: the rules of axe-core, and a walk by keyboard.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::browser::Browser;
use crate::samples;

/// Widths and colours that the rules are checked in.
const VIEWS: [(u32, &str); 3] = [(1280, "light"), (1280, "dark"), (390, "light")];

#[cfg(not(no_axe))]
const AXE: &str = include_str!(concat!(env!("OUT_DIR"), "/axe.min.js"));
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
#[cfg_attr(no_axe, ignore = "axe-core is not here: AXE_CORE names its axe.min.js")]
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
#[cfg_attr(no_axe, ignore = "axe-core is not here: AXE_CORE names its axe.min.js")]
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

/// Numbers every control that can be seen and has not been left out of the order on purpose.
const CONTROLS: &str = "
[...document.querySelectorAll('a[href], button, select, input, textarea, summary, [tabindex=\"0\"]')]
  .filter(e => !e.disabled && (e.className === 'skip' || e.checkVisibility({ visibilityProperty: true })))
  .map((e, i) => { e.dataset.walk = i; return e.tagName + ' ' + (e.getAttribute('aria-label') || e.textContent).slice(0, 40) })";

/// Which of them has the focus, whether that can be seen, and whether it is on the screen.
const FOCUS: &str = "
(e => {
  const style = getComputedStyle(e), box = e.getBoundingClientRect();
  return [e.dataset.walk || '', style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1,
    box.bottom > 0 && box.top < innerHeight && box.right > 0];
})(document.activeElement)";

#[test]
#[cfg_attr(no_chromium, ignore = "no Chromium is installed")]
fn every_control_is_reached_by_keyboard_and_seen() {
    let mut browser = Browser::start();
    for (name, path) in samples::pages().into_iter().filter(|(name, _)| *name != "many") {
        browser.view(1280, 900, "light");
        browser.open(&path, "");
        let controls: Vec<Value> = browser.evaluate(CONTROLS).as_array().cloned().unwrap();
        let mut reached: BTreeSet<usize> = BTreeSet::new();
        for step in 0..controls.len() {
            browser.press("Tab");
            let focus = browser.evaluate(FOCUS);
            let Ok(at) = focus[0].as_str().unwrap().parse::<usize>() else { break };
            assert!(step > 0 || at == 0, "{name}: the first stop skips to the main part, not {}", controls[at]);
            assert_eq!((&focus[1], &focus[2]), (&true.into(), &true.into()), "{name}: {}", controls[at]);
            reached.insert(at);
        }
        let missed: Vec<&Value> =
            (0..controls.len()).filter(|at| !reached.contains(at)).map(|at| &controls[at]).collect();
        assert!(missed.is_empty(), "{name}: {missed:?} of {}", controls.len());
        assert!(controls.len() > 15, "{name}: {controls:?}");
    }
}

#[test]
#[cfg_attr(no_chromium, ignore = "no Chromium is installed")]
fn keys_do_what_clicks_do() {
    let mut browser = Browser::start();
    let (_, path) = samples::pages().swap_remove(0);
    browser.open(&path, "");
    browser.press("Tab");
    browser.press("Enter");
    assert_eq!(browser.evaluate("document.activeElement.id"), "main", "the skip link skips");
    browser.evaluate("document.querySelector('button.lead').focus()");
    browser.press("Enter");
    let shown = "[document.querySelector('#chosen').checkVisibility(), document.activeElement.id, document.querySelector('#cnt').textContent]";
    assert_eq!(browser.evaluate(shown).to_string(), "[true,\"chosen-all\",\"1–5 of 5 trials (of 50)\"]");
    browser.press("Enter");
    assert_eq!(browser.evaluate("document.querySelector('#chosen').hidden"), true);
    assert_eq!(browser.evaluate("document.activeElement.className"), "lead", "the focus is back at the cell");
    browser.evaluate("document.querySelector('.svgx').focus()");
    browser.press("Enter");
    assert_eq!(browser.evaluate("document.querySelector('dialog').open"), true);
    browser.press("Escape");
    assert_eq!(browser.evaluate("document.querySelector('dialog').open"), false);
    assert_eq!(browser.evaluate("document.activeElement.className.includes('svgx')"), true);
    browser.evaluate("document.querySelector('summary').focus()");
    browser.press("Enter");
    assert_eq!(browser.evaluate("document.querySelector('details').open"), true);
}
