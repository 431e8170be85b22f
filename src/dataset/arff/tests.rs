use super::*;
use crate::dataset::Column;
use ndarray::array;
use proptest::prelude::*;

fn read(text: &str, params: &Params) -> Result<Dataset, String> {
    parse(text.as_bytes(), "t.arff", params).map_err(|error| error.to_string())
}

fn plain(text: &str) -> Result<Dataset, String> {
    read(text, &Params::default())
}

const WEATHER: &str = "@relation weather\n@attribute outlook {sunny, overcast, rainy}\n@attribute temperature real\n\
    @attribute play {yes, no, never}\n@data\n";

#[test]
fn numbers_words_and_classes() {
    let data =
        plain(&format!("{WEATHER}sunny,85,no\n% remark\n\novercast, ?\tyes % remark\r\n?,-1.5e1,yes,{{1}}\n")).unwrap();
    let words = ["sunny".to_owned(), "overcast".to_owned(), "rainy".to_owned()];
    assert_eq!(data.views[0].columns, [Column::nominal("outlook", words), Column::numeric("temperature")]);
    let want = array![[0.0, 85.0], [1.0, f64::NAN], [f64::NAN, -15.0]];
    assert_eq!(format!("{:?}", data.views[0].values), format!("{want:?}"));
    let labels = data.labels.unwrap();
    assert_eq!(labels.classes, ["yes", "no", "never"]);
    assert_eq!(labels.codes, [1, 0, 0]);
    assert_eq!(labels.counts(), [2, 1, 0]);
}

#[test]
fn which_attribute_holds_the_classes() {
    let text = "@attribute Class {b,a}\n@attribute c {x}\n@attribute d real\n@data\na,x,1\n";
    let name = |text: &str, params: &Params| read(text, params).unwrap().labels.map(|labels| labels.name);
    assert_eq!(name(text, &Params::default()).as_deref(), Some("Class"));
    assert_eq!(name(&text.replace("Class", "k"), &Params::default()).as_deref(), Some("c"));
    let named = |name: &str| Params { labels: Some(name.to_owned()), ..Params::default() };
    assert_eq!(name(text, &named("d")).as_deref(), Some("d"));
    assert_eq!(name(text, &named("")), None);
    let drop = Params { drop: Names(vec!["Class".to_owned()]), ..Params::default() };
    assert_eq!(name(text, &drop).as_deref(), Some("c"));
    assert_eq!(read(text, &drop).unwrap().aside[0].cells, ["a"]);
    assert_eq!(name("@attribute a real\n@data\n1\n", &Params::default()), None);
    assert!(read(text, &named("Clas")).unwrap_err().contains("no column is called `Clas`"));
}

#[test]
fn a_quoted_question_mark_is_a_word() {
    let text = "@attribute a {'?', b}\n@attribute class {'?', 'it\\'s'}\n@data\n'?','it\\'s'\n?,\"?\"\n";
    let data = plain(text).unwrap();
    assert_eq!(data.views[0].values[[0, 0]], 0.0);
    assert!(data.views[0].values[[1, 0]].is_nan());
    assert_eq!(data.labels.unwrap().codes, [1, 0]);
}

#[test]
fn sparse_rows_leave_out_zeros_and_first_words() {
    let text = "@attribute a real\n@attribute b {p, q}\n@attribute s string\n@attribute n {u, v}\n\
        @attribute class {x, y}\n@data\n{0 2.5, 4 y}\n{}\n{ 1 q , 0 ?}, {1}\n{3 v,2 'some text'}\n";
    let params = Params { text: Some("s".to_owned()), drop: Names(vec!["n".to_owned()]), ..Params::default() };
    let data = read(text, &params).unwrap();
    let want = array![[2.5, 0.0], [0.0, 0.0], [f64::NAN, 1.0], [0.0, 0.0]];
    assert_eq!(format!("{:?}", data.views[0].values), format!("{want:?}"));
    assert_eq!(data.labels.unwrap().codes, [1, 0, 0, 0]);
    assert_eq!(data.documents.unwrap().texts, ["", "", "", "some text"]);
    assert_eq!(data.aside[0].cells, ["u", "u", "u", "v"]);
}

#[test]
fn dates_and_strings_are_kept_aside() {
    let text =
        "@attribute when date \"yyyy-MM-dd\"\n@attribute a real\n@attribute s string\n@data\n\"2001-04-03\",1,?\n";
    let drop = |names: &[&str]| Params {
        drop: Names(names.iter().map(|&name| name.to_owned()).collect()),
        ..Params::default()
    };
    let data = read(text, &drop(&["when", "s"])).unwrap();
    assert_eq!((data.aside[0].cells[0].as_str(), data.aside[1].cells[0].as_str()), ("2001-04-03", ""));
    let error = read(text, &drop(&["s"])).unwrap_err();
    assert!(error.contains("attribute `when` is a date, which is no feature: name it under `drop`"), "{error}");
    let error = read(text, &drop(&["when"])).unwrap_err();
    assert!(
        error.contains("attribute `s` is a string, which is no feature: name it under `text` or `drop`"),
        "{error}"
    );
}

#[test]
fn rows_that_are_wrong_name_their_line() {
    for (row, want) in [
        ("sunny,85", "line 6 has 2 cells, and 3 attributes are declared"),
        ("sunny,85,no,1", "line 6 has more cells than there are attributes"),
        ("sunny,x,no", "line 6 has `x` for attribute `temperature`, expected a number"),
        ("sunny,'?',no", "line 6 has `?` for attribute `temperature`"),
        ("sunny,1e999,no", "expected a number"),
        (
            "suny,85,no",
            "line 6 has `suny` for attribute `outlook`, which is none of its 3 words; did you mean `sunny`?",
        ),
        ("sunny,85,perhaps", "none of its 3 words: `yes`, `no`, `never`"),
        ("sunny,,no", "line 6 has an empty cell before `temperature`"),
        (",85,no", "line 6 has an empty cell before `outlook`"),
        ("sunny,85,?", "line 6 lacks its class; `missing-labels"),
        ("sunny,85,no,{2}", "line 6 comes with the weight 2"),
        ("{0 sunny,3 x}", "line 6 has `3` for the number of an attribute, expected 0 to 2"),
        ("{0 sunny,0 rainy}", "line 6 has attribute 0 twice"),
        ("{0 sunny,1}", "line 6 has no value for attribute 1"),
        ("{0 sunny", "line 6 opens a sparse row that no `}` closes"),
        ("{2 ?}", "line 6 lacks its class"),
        ("sunny,'85,no", "line 6 opens a quote that is never closed"),
        ("sunny,85,no}", "line 6 has more cells"),
        ("sunny,}", "line 6 has a brace where a value belongs"),
    ] {
        let message = plain(&format!("{WEATHER}{row}\nsunny,85,no\n")).unwrap_err();
        assert!(message.starts_with("`t.arff`: ") && message.contains(want), "{row}: {message}");
    }
    assert!(plain(WEATHER).unwrap_err().contains("holds no rows"));
    let twice = plain("@attribute a {x,y,x}\n@attribute b real\n@data\nx,1\n").unwrap_err();
    assert!(twice.contains("attribute `a` declares the word `x` twice"), "{twice}");
}

#[test]
fn rows_without_a_class_can_be_left_out() {
    let params = Params { missing_labels: "drop".to_owned(), ..Params::default() };
    let data = read(&format!("{WEATHER}sunny,85,?\nrainy,1,no\n"), &params).unwrap();
    assert_eq!((data.views[0].values.clone(), data.labels.unwrap().codes), (array![[2.0, 1.0]], vec![1]));
}

#[test]
fn a_sparse_file_too_large_for_memory_is_refused() {
    let header = (0..20_000).fold(String::new(), |header, i| header + &format!("@attribute a{i} real\n"));
    let message = plain(&format!("{header}@data\n{}", "{}\n".repeat(100_000))).unwrap_err();
    assert!(message.contains("more than 20 times the file"), "{message}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]
    /// Nothing makes the reader panic, and what is read has a cell for each place.
    #[test]
    fn changed_bytes_never_panic(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = format!("{WEATHER}sunny,85,no\n{{1 3, 2 'no'}}\n'rainy' ?,yes,{{1}}\n").into_bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(data) = parse(&bytes, "t.arff", &Params::default()) {
            prop_assert_eq!(data.views[0].values.dim(), (data.rows(), data.views[0].columns.len()));
        }
        let _ = crate::dataset::bytes::find("arff").map(|reader| (reader.read)(&bytes).is_ok());
    }

    #[test]
    fn any_lines_are_read_or_refused(header in "(@attribute [ab'\" ]{1,3} ?(real|[{][xy, '%?]{0,6}[}]|string|date)[ {}1]{0,3}\n){0,3}",
        rows in "[xy01,'\"{}?% \t\\\\\n]{0,60}") {
        let _ = plain(&format!("{header}@data\n{rows}"));
    }
}
