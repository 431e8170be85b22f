//! What `prepare` does to the process.

use gridbook::torch::{device, numeric_class, prepare, shim, versions};
use tch::{Device, Kind, Tensor};

#[test]
fn denormals_are_flushed_to_zero() {
    prepare().unwrap();
    let tiny = Tensor::from_slice(&[1e-30_f32]);
    let product = &tiny * &Tensor::from_slice(&[1e-10_f32]);
    assert_eq!(f32::try_from(product.sum(Kind::Float)).unwrap().to_bits(), 0, "1e-40 is a denormal number");
}

#[test]
fn one_thread_computes() {
    prepare().unwrap();
    prepare().expect("a second call changes nothing");
    assert_eq!(tch::get_num_threads(), 1);
    assert_eq!(tch::get_num_interop_threads(), 1);
}

#[test]
fn versions_name_what_decides_the_numbers() {
    let versions = versions().unwrap();
    assert!(versions["libtorch"].starts_with("2.11"), "{versions:?}");
    assert!(["DEFAULT", "AVX2", "AVX512"].contains(&versions["cpu-capability"].as_str()), "{versions:?}");
    assert!(numeric_class(device::current()).unwrap().starts_with("cpu libtorch-2.11"));
}

#[test]
fn an_exception_of_libtorch_comes_back_as_a_message() {
    let weight = Tensor::zeros([2], (Kind::Float, Device::Cpu)).set_requires_grad(true);
    let error =
        shim::fused_sgd(&[weight], &[Tensor::zeros([2], (Kind::Float, Device::Cpu))], 0.1, 0.9, 0.0).unwrap_err();
    assert_eq!(error, "a parameter has no gradient");
    let square = |shape: [i64; 1]| Tensor::zeros(shape, (Kind::Float, Device::Cpu));
    let weight = square([2]).set_requires_grad(true);
    (&weight * 2.0).sum(Kind::Float).backward();
    let error =
        shim::fused_sgd(&[weight], &[Tensor::zeros([0], (Kind::Int64, Device::Cpu))], 0.1, 0.9, 0.0).unwrap_err();
    assert!(!error.is_empty() && !error.contains("Exception raised from"), "{error}");
}
