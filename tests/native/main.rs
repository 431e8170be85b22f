//! The linear algebra of the native worker: the library that is loaded here, found and right.

use gridbook::linalg;

#[test]
fn the_library_computes() {
    assert_eq!(linalg::self_test(), Ok(()));
}

#[test]
fn the_library_says_what_it_is() {
    let version = linalg::blas_version();
    assert!(version.starts_with(|first: char| first.is_ascii_digit()), "{version}");
}

#[test]
fn a_matrix_that_is_not_positive_definite_is_refused() {
    let indefinite = ndarray::array![[1.0, 2.0], [2.0, 1.0]];
    let error = linalg::solve_positive_definite(&indefinite, &ndarray::array![1.0, 1.0]);
    assert!(error.is_err_and(|error| error.contains("not positive definite")));
}
