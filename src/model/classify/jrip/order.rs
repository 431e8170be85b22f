//! Weka's draws: a generator seeded by a training row's text, and the order in which classes are learned.

use crate::java::{Random, string_hash};
use crate::model::classify::instances::Instances;
use crate::weka::number::rounded;
use crate::weka::order::ascending;

/// The generator that Weka makes for a data set: seeded by a row that `seed` picks and by `seed`.
pub fn generator(instances: &Instances, seed: i64) -> Random {
    let mut picks = Random::new(seed);
    let rows = i32::try_from(instances.rows()).unwrap_or(i32::MAX);
    let row = usize::try_from(picks.next_below(rows)).unwrap_or(0);
    Random::new(i64::from(string_hash(&text(instances, row))).wrapping_add(seed))
}

/// A row as a line of ARFF, the class last.
fn text(instances: &Instances, row: usize) -> String {
    let cell = |(column, value): (usize, &f64)| match &instances.columns[column].words {
        _ if value.is_nan() => "?".to_owned(),
        None => rounded(*value, 6),
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index into the words")]
        Some(words) => words.get(*value as usize).map_or_else(|| "?".to_owned(), |word| quoted(word)),
    };
    let mut cells: Vec<String> = instances.values.row(row).iter().enumerate().map(cell).collect();
    cells.push(quoted(&instances.classes[instances.codes[row]]));
    let weight = instances.weights[row];
    if weight != 1.0 {
        cells.push(format!("{{{}}}", rounded(weight, 6)));
    }
    cells.join(",")
}

/// A word as ARFF has it: in single quotes where it would not be read as one word.
fn quoted(word: &str) -> String {
    const SPECIAL: [char; 11] = [' ', ',', '{', '}', '%', '\'', '"', '\\', '\t', '\n', '\r'];
    if !word.is_empty() && word != "?" && !word.contains(SPECIAL) {
        return word.to_owned();
    }
    let mut text = String::from("'");
    for char in word.chars() {
        match char {
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\'' | '"' | '\\' | '%' => text.extend(['\\', char]),
            other => text.push(other),
        }
    }
    text + "'"
}

/// Classes from the rarest to the most frequent, those of equal weight as a shuffle and Weka's sort leave them.
pub fn class_order(weights: &[f64], random: &mut Random) -> Vec<usize> {
    let mut shuffled: Vec<usize> = (0..weights.len()).collect();
    Random::new(i64::from(random.next_int())).shuffle(&mut shuffled);
    let keys: Vec<f64> = shuffled.iter().map(|class| weights[*class]).collect();
    ascending(&keys).into_iter().map(|place| shuffled[place]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_as_in_a_file() {
        for (word, text) in [("plain", "plain"), ("two words", "'two words'"), ("?", "'?'"), ("it's", "'it\\'s'")] {
            assert_eq!(quoted(word), text);
        }
    }
}
