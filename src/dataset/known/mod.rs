//! Known sets: files that lie at a pinned place, whose checksum we know. `gridbook fetch` puts them into the data
//! folder, and their names are kinds of data sets.

mod list;

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::dataset::{Dataset, DatasetError, DatasetSpec, Places};
use crate::diagnostic::io_words;
use crate::parameter::Values;
use crate::value::Value;
pub use list::KNOWN;

/// A set that can be had from a pinned source.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// Its name in an experiment file and for `gridbook fetch`.
    pub kind: &'static str,
    /// What it holds.
    pub title: &'static str,
    /// Who made it.
    pub reference: &'static str,
    /// What its source says of use.
    pub licence: &'static str,
    /// Whether that allows any use, so that nothing need be accepted.
    pub free: bool,
    /// `owner/name` on GitHub.
    pub repository: &'static str,
    /// The commit that holds the file.
    pub commit: &'static str,
    /// The file in the repository.
    pub path: &'static str,
    /// Where the file lies below the data folder.
    pub file: &'static str,
    /// Its size.
    pub bytes: u64,
    /// Its BLAKE3 checksum, in hexadecimal.
    pub blake3: &'static str,
    /// The kind of data set that reads it.
    pub reader: &'static str,
    /// The reader's `labels`; none for its default.
    pub labels: Option<&'static str>,
    /// The reader's `views`, our name and the file's; empty for its default.
    pub views: &'static [(&'static str, &'static str)],
}

/// The set of this name.
pub fn find(kind: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.kind == kind)
}

impl Known {
    /// Where it is downloaded; `base` stands for `https://raw.githubusercontent.com`.
    pub fn url(&self, base: &str) -> String {
        format!("{}/{}/{}/{}", base.trim_end_matches('/'), self.repository, self.commit, self.path)
    }

    /// Where it lies in a data folder.
    pub fn place(&self, data: &Path) -> PathBuf {
        data.join(self.file)
    }

    /// The file's checksum, as experiment files and `gridbook describe` write it.
    pub fn checksum(&self) -> String {
        format!("blake3:{}", self.blake3)
    }

    /// What scripts read of it.
    pub fn to_json(&self, base: &str) -> serde_json::Value {
        json!({
            "kind": self.kind, "about": self.title, "reference": self.reference, "licence": self.licence,
            "free": self.free, "url": self.url(base), "file": self.file, "bytes": self.bytes,
            "checksum": self.checksum(),
        })
    }

    /// The reader's parameters: as one would write them in an experiment file.
    fn values(&self) -> Values {
        let text = |text: &str| Value::Text(text.to_owned());
        let mut values = Values::from([("path".to_owned(), text(&format!("${{data}}/{}", self.file)))]);
        if let Some(labels) = self.labels {
            values.insert("labels".to_owned(), text(labels));
        }
        if !self.views.is_empty() {
            let views = self.views.iter().map(|(ours, theirs)| ((*ours).to_owned(), text(theirs))).collect();
            values.insert("views".to_owned(), Value::Map(views));
        }
        values
    }

    /// The kind that reads it.
    fn reader(&self) -> Result<&'static DatasetSpec, DatasetError> {
        super::find(self.reader).ok_or_else(|| {
            self.error(format!("is a `{}` file, which this version of gridbook does not read", self.reader))
        })
    }

    /// An error about the file; there is no key to blame, so the caret stands on the block.
    fn error(&self, what: impl std::fmt::Display) -> DatasetError {
        DatasetError::File { key: "kind".to_owned(), message: format!("`{}` {what}", self.kind) }
    }

    /// The checksum of the file that is there, which must be the one we know.
    fn verified(&self, places: &Places) -> Result<Option<String>, DatasetError> {
        let path = self.place(&places.data);
        let shown = path.display();
        match std::fs::metadata(&path) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                return Err(
                    self.error(format!("is not in the data folder (no `{shown}`): run `gridbook fetch {}`", self.kind))
                );
            }
            Err(e) => return Err(self.error(format!("cannot be opened at `{shown}`: {}", io_words(&e)))),
            Ok(_) => {}
        }
        let reader = self.reader()?;
        let found = (reader.checksum)(&self.values(), places)?;
        if found.as_ref() != Some(&self.checksum()) {
            let found = found.unwrap_or_default();
            return Err(self.error(format!(
                "is another file at `{shown}`: its checksum is `{found}`, expected `{}`; move it away and run \
                 `gridbook fetch {}`",
                self.checksum(),
                self.kind
            )));
        }
        Ok(found)
    }

    fn load(&self, places: &Places) -> Result<Dataset, DatasetError> {
        self.verified(places)?;
        (self.reader()?.load)(&self.values(), places)
    }
}

/// The kind of data set of the `I`th known set.
const fn spec<const I: usize>() -> DatasetSpec {
    DatasetSpec {
        kind: KNOWN[I].kind,
        about: KNOWN[I].title,
        reference: KNOWN[I].reference,
        stands_in_for: None,
        revision: 1,
        parameters: Vec::new,
        locations: &[],
        checksum: |_, places| KNOWN[I].verified(places),
        load: |_, places| KNOWN[I].load(places),
    }
}

macro_rules! specs {
    ($($index:literal)*) => { &[$(&spec::<$index>()),*] };
}

/// A kind of data set for each known set.
pub const SPECS: &[&DatasetSpec] =
    specs![0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29];
const _: () = assert!(SPECS.len() == KNOWN.len(), "one number a known set");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::DATASETS;

    fn places(data: &Path) -> Places {
        Places { base: "".into(), data: data.to_owned() }
    }

    #[test]
    fn every_set_is_pinned_and_named_once() {
        let hex = |text: &str| text.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
        for known in KNOWN {
            assert_eq!((known.commit.len(), known.blake3.len()), (40, 64), "{}", known.kind);
            assert!(hex(known.commit) && hex(known.blake3) && known.bytes > 0, "{}", known.kind);
            assert_eq!(known.repository.matches('/').count(), 1, "{}", known.kind);
            assert_eq!(DATASETS.iter().filter(|spec| spec.kind == known.kind).count(), 1, "{}", known.kind);
            assert_eq!(KNOWN.iter().filter(|other| other.file == known.file).count(), 1, "{}", known.kind);
            assert!(Path::new(known.file).components().all(|c| matches!(c, std::path::Component::Normal(_))));
        }
    }

    #[test]
    fn what_is_not_there_says_how_to_get_it() {
        let folder = tempfile::tempdir().unwrap();
        let known = find("adbench-glass").unwrap();
        let spec = super::super::find("adbench-glass").unwrap();
        let missing = (spec.load)(&Values::new(), &places(folder.path())).expect_err("missing").to_string();
        assert!(missing.contains("run `gridbook fetch adbench-glass`"), "{missing}");
        let path = known.place(folder.path());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, "something else").unwrap();
        let other = (spec.checksum)(&Values::new(), &places(folder.path())).expect_err("another file").to_string();
        assert!(other.contains("is another file") && other.contains(known.blake3), "{other}");
    }

    /// The files of the shared material are those that the sources hold.
    #[test]
    #[cfg_attr(no_shared, ignore = "the shared data are not here")]
    fn the_checksums_are_those_of_the_files() {
        let data = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join(option_env!("GRIDBOOK_SHARED").unwrap_or("../shared"))
            .join("data");
        let mut read = 0;
        for known in KNOWN {
            let bytes = std::fs::read(known.place(&data)).unwrap();
            assert_eq!(bytes.len() as u64, known.bytes, "{}", known.kind);
            assert_eq!(blake3::hash(&bytes).to_hex().as_str(), known.blake3, "{}", known.kind);
            if super::super::find(known.reader).is_some() {
                let found = known.load(&places(&data)).expect(known.kind);
                assert!(found.labels.is_some() && found.views.len() >= known.views.len(), "{}", known.kind);
                read += 1;
            }
        }
        assert!(read >= 19, "{read}");
    }
}
