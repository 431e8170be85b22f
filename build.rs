//! Names OpenBLAS for the linker; ndarray-linalg is taken without a backend feature of its own.
fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=GRIDBOOK_OPENBLAS");
    if std::env::var_os("CARGO_FEATURE_LAPACK").is_none() {
        return;
    }
    if let Ok(folder) = std::env::var("GRIDBOOK_OPENBLAS") {
        println!("cargo:rustc-link-search=native={folder}");
    }
    println!("cargo:rustc-link-lib=dylib=openblas");
}
