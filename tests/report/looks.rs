//! How the pages look: pictures and prints for people, kept in cargo's folder for what tests leave, and what of it can
//! be measured.

use crate::browser::Browser;
use crate::samples;

/// What stands outside the window, or is cut off without a way to scroll to it.
const CUT: &str = "
[...document.querySelectorAll('main *')].filter(e => {
  if (!e.getClientRects().length || e.closest('.vh, svg, [hidden]')) return false;
  const box = e.getBoundingClientRect();
  if (box.right <= innerWidth + 1) return false;
  for (let p = e; p; p = p.parentElement) if (/auto|scroll/.test(getComputedStyle(p).overflowX)) return false;
  return true;
}).slice(0, 5).map(e => e.tagName + '.' + e.className + ' ' + e.textContent.slice(0, 40))";

/// Results tables whose first number stands outside the window.
const AWAY: &str = "
[...document.querySelectorAll('.book')].filter(t => t.querySelector('td:not(.lab2)').getBoundingClientRect().left > innerWidth)
  .map(t => t.id)";

/// Texts of one drawing that lie on one another, by more than their letters' margins.
const OVERLAPS: &str = "
[...document.querySelectorAll('figure svg')].flatMap(svg => {
  const texts = [...svg.querySelectorAll('text')].filter(t => !t.children.length && t.getClientRects().length);
  const boxes = texts.map(t => t.getBoundingClientRect());
  const found = [];
  for (let i = 0; i < boxes.length; i++) for (let j = i + 1; j < boxes.length; j++) {
    const a = boxes[i], b = boxes[j];
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left), high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > 2 && high > 0.35 * Math.min(a.height, b.height)) found.push(svg.querySelector('title').textContent + ': ' + texts[i].textContent + ' / ' + texts[j].textContent);
  }
  return found.slice(0, 3);
})";

/// Texts that leave their drawing by more than its margin on the page.
const OUTSIDE: &str = "
[...document.querySelectorAll('figure svg[role=img]')].flatMap(svg => {
  const whole = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].filter(t => {
    const box = t.getBoundingClientRect();
    return box.width && (box.left < whole.left - 14 || box.right > whole.right + 14 || box.top < whole.top - 2 || box.bottom > whole.bottom + 2);
  }).slice(0, 3).map(t => svg.querySelector('title').textContent + ': ' + t.textContent);
})";

#[test]
#[cfg_attr(no_chromium, ignore = "no Chromium is installed")]
fn nothing_is_cut_and_no_label_covers_another() {
    let mut browser = Browser::start();
    let mut wrong = Vec::new();
    for (name, path) in samples::pages() {
        for (width, colours) in [(1280, "light"), (1280, "dark"), (390, "light")] {
            browser.view(width, 900, colours);
            browser.open(&path, "");
            let view = format!("{name} {width} {colours}");
            for (what, script) in [("cut", CUT), ("overlaps", OVERLAPS), ("outside", OUTSIDE)] {
                for line in browser.evaluate(script).as_array().unwrap() {
                    wrong.push(format!("{view}: {what}: {line}"));
                }
            }
            assert_eq!(browser.evaluate("document.documentElement.scrollWidth"), width, "{view}");
            assert_eq!(browser.evaluate(AWAY).as_array().map(Vec::len), Some(0), "{view}: a table without its numbers");
            browser.picture(&format!("look-{name}-{width}-{colours}.png"));
        }
        // Between the margins of A4, and of Letter where it is turned.
        for (width, cards) in [(688, "main .card:not(.land)"), (949, "main .card.land")] {
            browser.view(width, 900, "light");
            browser.call("Emulation.setEmulatedMedia", &serde_json::json!({"media": "print"}));
            for line in browser.evaluate(&CUT.replace("main", cards)).as_array().unwrap() {
                wrong.push(format!("{name} printed: {line}"));
            }
        }
        browser.call("Emulation.setEmulatedMedia", &serde_json::json!({"media": ""}));
        let pages = browser.print(&format!("look-{name}-a4.pdf"));
        eprintln!("{name}: {pages} pages printed");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
