//! Bundled texts: sentences of annual reports, and documents put together from them beside the indicators of firms.

use super::tables::{Table, wrong};
use super::{AMERICAN_FILE, FUSION_FILE, SENTENCES_FILE, checksum, spec};
use crate::dataset::archive::Archive;
use crate::dataset::{Dataset, DatasetError, DatasetSpec, Documents, Places, file};
use crate::parameter::{Domain, Parameters, Values};
use crate::parameters;

parameters! {
    /// Parameters of `mcrls-sentences`.
    pub struct Sentences {
        /// `tokens`: words with blanks between them; `text`: as printed.
        text: String = TOKENS.to_owned(), Domain::OneOf(&[TOKENS, "text"]);
    }
}

/// The column of the segmented sentences.
const TOKENS: &str = "tokens";
/// The column that the classes of the fusion set come from.
const STATUS: &str = "status";

/// The kind `mcrls-sentences`.
pub static MCRLS_SENTENCES: DatasetSpec = spec(
    "mcrls-sentences",
    "sentences of Chinese annual reports, bundled: 9,773, risky (-1), neutral (0) or positive (1); a column `split`",
    "the MCRLS corpus of Chinese manufacturers' reports 2013 to 2022, CC BY 4.0",
    Sentences::specs,
    |_: &Values, _: &Places| checksum(&[&SENTENCES_FILE]),
    |values: &Values, _: &Places| sentences(&Sentences::from_values(values).map_err(wrong)?),
);
/// The kind `fusion-semisynthetic`.
pub static FUSION_SEMISYNTHETIC: DatasetSpec = DatasetSpec {
    stands_in_for: Some("indicators and annual reports of the same Chinese listed firms"),
    ..spec(
        "fusion-semisynthetic",
        "29 indicators of 3,000 American firm-years, each with a document of real sentences drawn for its class, bundled",
        "indicators of `american-29`, sentences of `mcrls-sentences`, put together at random given the class; CC BY 4.0",
        Vec::new,
        |_: &Values, _: &Places| checksum(&[&FUSION_FILE, &AMERICAN_FILE, &SENTENCES_FILE]),
        |_: &Values, _: &Places| fusion(),
    )
};

fn sentences(params: &Sentences) -> Result<Dataset, DatasetError> {
    let table = Table::read(&SENTENCES_FILE)?;
    let mut texts = table.cells(TOKENS)?;
    if params.text != TOKENS {
        texts.iter_mut().for_each(|text| *text = text.replace(' ', ""));
    }
    Ok(Dataset {
        labels: Some(table.labels("label")?),
        aside: vec![table.aside("split")?],
        documents: Some(Documents { name: params.text.clone(), texts }),
        ..Dataset::default()
    })
}

/// The file holds, for each firm-year, its row in `american-29`, how many sentences its document has, and these, one
/// document after the other.
fn fusion() -> Result<Dataset, DatasetError> {
    let mut archive = Archive::open(FUSION_FILE.bytes, FUSION_FILE.name)?;
    let firms = numbers(&mut archive, "firm")?;
    let lengths = numbers(&mut archive, "length")?;
    let drawn = numbers(&mut archive, "sentence")?;
    let damaged = || file::error(FUSION_FILE.name, "names rows that are not there");
    let american = Table::read(&AMERICAN_FILE)?;
    let pool = Table::read(&SENTENCES_FILE)?.cells(TOKENS)?;
    let mut rest = drawn.as_slice();
    let mut texts = Vec::with_capacity(firms.len());
    for length in lengths {
        let (document, after) = rest.split_at_checked(length).ok_or_else(damaged)?;
        rest = after;
        let sentences: Option<Vec<&str>> = document.iter().map(|&i| pool.get(i).map(String::as_str)).collect();
        texts.push(sentences.ok_or_else(damaged)?.join(" "));
    }
    let all = Dataset {
        views: vec![american.numbers(&["company", "year", STATUS, "fails_next_year"])?],
        labels: Some(american.labels(STATUS)?),
        aside: vec![american.aside("company")?, american.aside("year")?],
        documents: None,
        weights: None,
    };
    if texts.len() != firms.len() || firms.iter().any(|&row| row >= all.rows()) {
        return Err(damaged());
    }
    let mut data = all.take(&firms);
    data.documents = Some(Documents { name: TOKENS.to_owned(), texts });
    Ok(data)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "stored as small unsigned numbers")]
fn numbers(archive: &mut Archive<'_>, name: &str) -> Result<Vec<usize>, DatasetError> {
    Ok(archive.array(name)?.1.iter().map(|x| *x as usize).collect())
}
