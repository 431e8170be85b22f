//! Each program loads only the native libraries it reaches. libtorch and OpenBLAS in one process would take over each
//! other's routines, and `gridbook` itself must start in milliseconds and without either. This holds only with
//! rust-lld (Rust's default) and with torch's C++ in one shared library: a linker set elsewhere shows up here.

use std::process::Command;

/// The libraries a program names itself (its NEEDED entries), as readelf prints them.
fn needed(program: &str) -> Vec<String> {
    let output = Command::new("readelf")
        .args(["--dynamic", "--wide", program])
        .env("LC_ALL", "C")
        .output()
        .expect("readelf runs (it comes with the C++ compiler)");
    assert!(output.status.success(), "readelf {program}: {}", String::from_utf8_lossy(&output.stderr));
    let needed: Vec<String> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter(|line| line.contains("(NEEDED)"))
        .filter_map(|line| Some(line.split_once('[')?.1.trim_end_matches(']').to_owned()))
        .collect();
    assert!(needed.iter().any(|library| library.starts_with("libc.so")), "{program} is a dynamic program: {needed:?}");
    needed
}

fn reaches(needed: &[String], part: &str) -> bool {
    needed.iter().any(|library| library.contains(part))
}

#[test]
fn gridbook_needs_neither_torch_nor_openblas() {
    let needed = needed(env!("CARGO_BIN_EXE_gridbook"));
    assert!(!reaches(&needed, "torch") && !reaches(&needed, "openblas"), "{needed:?}");
    assert!(!reaches(&needed, "nvidia"), "the driver's library is loaded where GPUs matter: {needed:?}");
}

#[test]
fn native_worker_needs_openblas_and_not_torch() {
    let needed = needed(env!("CARGO_BIN_EXE_gridbook-worker"));
    assert!(!reaches(&needed, "torch"), "{needed:?}");
    assert_eq!(reaches(&needed, "openblas"), cfg!(feature = "lapack"), "{needed:?}");
}

#[cfg(feature = "torch")]
#[test]
fn torch_worker_needs_torch_and_not_openblas() {
    let needed = needed(env!("CARGO_BIN_EXE_gridbook-torch-worker"));
    assert!(reaches(&needed, "libgridbook_torch.so"), "{needed:?}");
    assert!(!reaches(&needed, "openblas"), "{needed:?}");
}
