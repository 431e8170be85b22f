//! The report from results made by hand: small formats as snapshots, the page in a real browser.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]
#![allow(clippy::disallowed_methods, reason = "tests find their browser and oracles by the environment")]

mod accessible;
mod agreement;
mod browser;
mod compare;
mod drawing;
mod edges;
mod fixture;
mod formats;
mod geometry;
mod grids;
mod hostile;
mod large;
mod looks;
mod oracle;
mod page;
mod palette;
mod samples;
mod sandbox;
mod tests;
