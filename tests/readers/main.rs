//! The readers of binary formats: on files that NumPy and SciPy wrote, and on every such file of the shared data.

mod same;
#[cfg(not(no_shared))]
mod shared;
#[cfg(no_shared)]
mod shared {
    #[test]
    #[ignore = "the shared data are not here"]
    fn every_shared_file_holds_what_its_readme_says() {}
}
