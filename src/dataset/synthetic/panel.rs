//! Firms over years with indicators that say something of coming distress: what the panels behind early-warning papers
//! are like, which nobody may hand on.
//!
//! Indicators share factors of the firm, have heavy tails and gaps; a few carry the signal; their means drift, the more
//! the later.

use ndarray::{Array2, Axis};

use crate::dataset::synthetic::{fits, normals, params, spec, wrong};
use crate::dataset::{Aside, Dataset, DatasetError, DatasetSpec, Labels, Places, View};
use crate::parameter::{Domain, Parameters, Values};
use crate::parameters;
use crate::rng::{Purpose, Stream};

parameters! {
    /// Parameters of `distress-panel`.
    pub struct DistressPanel {
        /// Firms; each has a row a year.
        firms: usize = 2300, Domain::Between(1.0, 1e7);
        /// The first year.
        first_year: usize = 2010, Domain::Between(0.0, 9999.0);
        /// How many years.
        years: usize = 8, Domain::Between(1.0, 1000.0);
        /// Indicators.
        indicators: usize = 29, Domain::Between(1.0, 1e4);
        /// How many of them, the first ones, carry the signal.
        informative: usize = 9, Domain::AtLeast(0.0);
        /// Share of firms in distress, in all their years.
        positive: f64 = 0.5, Domain::Between(0.0, 1.0);
        /// The share of gaps in a column is drawn between these two.
        missing: Vec<f64> = vec![0.0, 0.45], Domain::Between(0.0, 1.0);
        /// Standard deviation of an indicator's shift from the first year to the last; it grows with the square of time.
        drift: f64 = 0.35, Domain::AtLeast(0.0);
        /// Strength of the signal: how far apart the classes lie in an informative column, on average.
        signal: f64 = 0.95, Domain::AtLeast(0.0);
        /// The data's own seed.
        seed: usize = 0, Domain::AtLeast(0.0);
    }
}

/// The kind.
pub static DISTRESS_PANEL: DatasetSpec = DatasetSpec {
    stands_in_for: Some("a panel of listed firms, 2010 to 2017, with 29 indicators and balanced classes"),
    ..spec(
        "distress-panel",
        "indicators of firms by year, with gaps, heavy tails and a drift; columns `company` and `year` for splits",
        "made so that logistic regression is right on four of five rows of a later year",
        DistressPanel::specs,
        load,
    )
};

/// Factors of a firm that its indicators share.
const FACTORS: usize = 6;
/// Standard deviation of a factor's weight on an indicator.
const WEIGHT: f64 = 0.6;
/// Degrees of freedom of the noise.
const FREEDOM: f64 = 4.0;

fn load(values: &Values, _: &Places) -> Result<Dataset, DatasetError> {
    let p: DistressPanel = params(values)?;
    let [low, high] = p.missing[..] else {
        return Err(wrong("missing", "`missing` wants two shares, the least and the most, as in `[0.0, 0.45]`"));
    };
    if p.informative > p.indicators {
        let message = format!("{} informative columns are more than the {} indicators", p.informative, p.indicators);
        return Err(wrong("informative", message));
    }
    fits("firms", p.firms.saturating_mul(p.years), p.indicators)?;
    let mut stream = Stream::new(p.seed as u64, Purpose::Noise, "distress-panel");
    let distressed: Vec<usize> = (0..p.firms).map(|_| usize::from(stream.uniform() < p.positive)).collect();
    let weights = normals(FACTORS, p.indicators, &mut stream) * WEIGHT;
    let firms = normals(p.firms, FACTORS, &mut stream).dot(&weights);
    let signal: Vec<f64> = (0..p.indicators)
        .map(|column| if column < p.informative { p.signal * signed(&mut stream) } else { 0.0 })
        .collect();
    let drift: Vec<f64> = (0..p.indicators).map(|_| p.drift * stream.normal()).collect();
    let gaps: Vec<f64> = (0..p.indicators).map(|_| stream.uniform_in(low, high)).collect();
    // Firm after firm, year after year.
    let firm_of: Vec<usize> = (0..p.firms).flat_map(|firm| vec![firm; p.years]).collect();
    let mut table: Array2<f64> = firms.select(Axis(0), &firm_of);
    for (row, mut cells) in table.rows_mut().into_iter().enumerate() {
        let time = share_of_time(row % p.years, p.years).powi(2);
        let class = if distressed[firm_of[row]] == 1 { 1.0 } else { 0.0 };
        for (column, cell) in cells.iter_mut().enumerate() {
            *cell += stream.student_t(FREEDOM) + class * signal[column] + time * drift[column];
            if stream.uniform() < gaps[column] {
                *cell = f64::NAN;
            }
        }
    }
    let codes = firm_of.iter().map(|&firm| distressed[firm]).collect();
    let labels = Labels { name: "status".to_owned(), classes: vec!["0".to_owned(), "1".to_owned()], codes };
    let years = (0..table.nrows()).map(|row| (p.first_year + row % p.years).to_string()).collect();
    let companies = firm_of.iter().map(ToString::to_string).collect();
    let mut data = Dataset::new(vec![View::numbered("x", table)], Some(labels));
    data.aside =
        vec![Aside { name: "company".to_owned(), cells: companies }, Aside { name: "year".to_owned(), cells: years }];
    Ok(data)
}

/// From 0.6 to 1.4, of either sign.
fn signed(stream: &mut Stream) -> f64 {
    let size = stream.uniform_in(0.6, 1.4);
    if stream.uniform() < 0.5 { -size } else { size }
}

/// From 0 in the first year to 1 in the last.
#[expect(clippy::cast_precision_loss, reason = "counts of years")]
fn share_of_time(year: usize, years: usize) -> f64 {
    year as f64 / years.saturating_sub(1).max(1) as f64
}
