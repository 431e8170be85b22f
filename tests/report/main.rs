//! The report from results made by hand: small formats as snapshots, the page in a real browser.

mod edges;
mod fixture;
mod formats;
mod oracle;
mod page;
