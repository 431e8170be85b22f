//! `gridbook import-weka`: a Weka command as a `[[model]]` block.

use crate::cli::{Failure, print};
use crate::diagnostic::nearest;
use crate::model::registry;
use crate::parameter::Values;
use crate::parameter::quoted;
use crate::value::Value;
use crate::weka::{self, Imported, command_line};

/// Arguments of `import-weka`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The scheme with its options as one text, like "weka.classifiers.trees.J48 -C 0.25 -M 2"; `java -cp weka.jar`
    /// may stand before it
    command: String,
}

/// Prints the block.
pub fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let imported = import(&arguments.command).map_err(wrong)?;
    print(&format!("# {}\n[[model]]\n{}", arguments.command.trim(), keys(&imported))).map(|()| 0)
}

/// A command that means nothing here.
pub fn wrong(message: String) -> Failure {
    Failure::Message(2, message)
}

/// The model that a command means.
///
/// # Errors
/// The scheme or an option is not known.
pub fn import(command: &str) -> Result<Imported, String> {
    let words = command_line::words(command)?;
    let is_scheme = |word: &String| word.starts_with("weka.") && !word.contains(".jar");
    let at = words.iter().position(is_scheme).unwrap_or(0);
    let Some(class) = words.get(at) else { return Err("there is no scheme in an empty command".to_owned()) };
    let scheme = weka::find(class).ok_or_else(|| unknown(class))?;
    let specs = registry::find(scheme.kind).map(|spec| (spec.parameters)()).unwrap_or_default();
    let options: Vec<String> = words[at + 1..].iter().map(|word| command_line::quoted(word)).collect();
    scheme.import(&options.join(" "), &specs)
}

fn unknown(class: &str) -> String {
    let names: Vec<&str> = weka::SCHEMES.iter().map(|scheme| scheme.class).collect();
    let short: Vec<&str> = names.iter().filter_map(|name| name.rsplit('.').next()).collect();
    let last = class.rsplit('.').next().unwrap_or(class);
    let hint = match nearest(last, short.iter().copied()) {
        Some(name) => {
            let full = names.iter().find(|full| full.rsplit('.').next() == Some(name)).copied().unwrap_or(name);
            format!("; did you mean `{full}`?")
        }
        None => format!("; expected one of {}", quoted(&names)),
    };
    format!("`{class}` is no scheme of Weka that is known here{hint}")
}

/// The keys of a model block, one a line.
pub fn keys(imported: &Imported) -> String {
    let values: Values = imported.values.clone();
    let line = |(key, value): (&String, &Value)| format!("{key} = {}\n", value.canonical());
    let lines: String = values.iter().map(line).collect();
    format!("kind = \"{}\"\n{lines}", imported.kind)
}
