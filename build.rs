//! Names OpenBLAS for the linker (ndarray-linalg is taken without a backend feature of its own) and tells the tests
//! which of the parts they lack, so that a test without its part is reported as ignored and never as passed.
//!
//! Where OpenBLAS is looked for, first to last:
//! 1. the folder that the variable `GRIDBOOK_OPENBLAS` names;
//! 2. `.libtorch/lib`, where `scripts/setup` puts one if the system has none;
//! 3. wherever the linker looks by itself.
//!
//! cfgs for tests, as in `#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]`:
//! - `no_shared`: no folder `oracles` in `GRIDBOOK_SHARED` (default `../shared`, from the manifest's folder);
//! - `no_chromium`: no Chromium or Chrome on the PATH;
//! - `no_axe`: no axe-core beside a Chromium: the file that `AXE_CORE` names, else `gridbook/axe.min.js` in the
//!   user's cache (`XDG_CACHE_HOME`, default `~/.cache`);
//! - `no_latex`: neither pdflatex nor lualatex on the PATH.

#![expect(clippy::disallowed_methods, reason = "a build script is told by the environment")]

use std::env;
use std::path::{Path, PathBuf};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    native_libraries(&manifest.join(".libtorch/lib"));
    shared_oracles(&manifest);
    programs();
}

fn native_libraries(own: &Path) {
    println!("cargo:rerun-if-env-changed=GRIDBOOK_OPENBLAS");
    if env::var_os("CARGO_FEATURE_LAPACK").is_some() {
        if let Ok(folder) = env::var("GRIDBOOK_OPENBLAS") {
            println!("cargo:rustc-link-search=native={folder}");
        } else if present(&own.join("libopenblas.so")) {
            println!("cargo:rustc-link-search=native={}", own.display());
        }
        println!("cargo:rustc-link-lib=dylib=openblas");
    }
    if env::var_os("CARGO_FEATURE_TORCH").is_some() && !present(&own.join("libgridbook_torch.so")) {
        println!(
            "cargo:warning=libtorch is not in place, so gridbook-torch-worker will not link: run scripts/setup first"
        );
    }
}

fn shared_oracles(manifest: &Path) {
    println!("cargo:rustc-check-cfg=cfg(no_shared)");
    println!("cargo:rerun-if-env-changed=GRIDBOOK_SHARED");
    let shared = env::var_os("GRIDBOOK_SHARED").map_or_else(|| manifest.join("../shared"), PathBuf::from);
    let oracles = manifest.join(shared).join("oracles");
    // Watching the folder itself would make cargo walk hundreds of files at every build: one of them stands for it.
    let witness = oracles.read_dir().ok().and_then(|entries| {
        let mut below: Vec<PathBuf> = entries.flatten().map(|entry| entry.path().join("README.md")).collect();
        below.sort();
        below.into_iter().find(|file| file.is_file())
    });
    match witness {
        Some(file) => println!("cargo:rerun-if-changed={}", file.display()),
        None if oracles.is_dir() => {}
        None => println!("cargo:rustc-cfg=no_shared"),
    }
}

/// Programs that some tests run.
fn programs() {
    for cfg in ["no_chromium", "no_axe", "no_latex"] {
        println!("cargo:rustc-check-cfg=cfg({cfg})");
    }
    let chromium = on_path(&["chromium", "chromium-browser", "google-chrome"]);
    if !chromium {
        println!("cargo:rustc-cfg=no_chromium");
    }
    println!("cargo:rerun-if-env-changed=AXE_CORE");
    let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cache")));
    let kept = cache.map(|cache| cache.join("gridbook/axe.min.js"));
    let axe = env::var_os("AXE_CORE").map(PathBuf::from).or(kept).filter(|file| present(file));
    match axe {
        // A copy, since a variable that says where it lies would be handed on to every gridbook that a test starts.
        Some(file) if chromium && copied(&file, "axe.min.js") => {}
        _ => println!("cargo:rustc-cfg=no_axe"),
    }
    if !on_path(&["pdflatex", "lualatex"]) {
        println!("cargo:rustc-cfg=no_latex");
    }
}

fn copied(file: &Path, name: &str) -> bool {
    env::var_os("OUT_DIR").is_some_and(|out| std::fs::copy(file, Path::new(&out).join(name)).is_ok())
}

/// Whether one of these programs is on the PATH. PATH itself is not watched: an editor and a shell seldom agree on it,
/// and each change would build everything anew.
fn on_path(names: &[&str]) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
        .any(|file| present(&file))
}

/// Whether a file is there; if so, cargo runs this script again when it changes or goes. (A file that is not there
/// cannot be watched: cargo would take it for changed at every build. `scripts/setup` and `.ci/run` touch this
/// script when they add one.)
fn present(file: &Path) -> bool {
    let there = file.is_file();
    if there {
        println!("cargo:rerun-if-changed={}", file.display());
    }
    there
}
