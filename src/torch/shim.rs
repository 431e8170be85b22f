//! Safe calls into `shim.cpp`. The only unsafe code of the project's own.

use std::ffi::{CStr, c_char, c_int};
use std::ptr;

use tch::Tensor;
use torch_sys::C_tensor;

/// Room for a message of libtorch.
const MESSAGE: usize = 1024;

unsafe extern "C" {
    fn gridbook_fused_adam(
        parameters: *const *const C_tensor,
        means: *const *const C_tensor,
        squares: *const *const C_tensor,
        step: *const C_tensor,
        count: usize,
        learning_rate: f64,
        beta1: f64,
        beta2: f64,
        weight_decay: f64,
        epsilon: f64,
        error: *mut c_char,
        capacity: usize,
    ) -> c_int;
    fn gridbook_fused_sgd(
        parameters: *const *const C_tensor,
        velocities: *const *const C_tensor,
        count: usize,
        learning_rate: f64,
        momentum: f64,
        weight_decay: f64,
        error: *mut c_char,
        capacity: usize,
    ) -> c_int;
    fn gridbook_flush_denormals(error: *mut c_char, capacity: usize) -> c_int;
    fn gridbook_deterministic(error: *mut c_char, capacity: usize) -> c_int;
    fn gridbook_load_cuda(error: *mut c_char, capacity: usize) -> c_int;
    fn gridbook_take_gpu_peak(bytes: *mut u64, error: *mut c_char, capacity: usize) -> c_int;
    fn gridbook_cpu_capability(text: *mut c_char, text_capacity: usize, error: *mut c_char, capacity: usize) -> c_int;
    fn gridbook_torch_version(text: *mut c_char, text_capacity: usize, error: *mut c_char, capacity: usize) -> c_int;
}

/// What Adam is told beside its state.
#[derive(Clone, Copy, Debug)]
pub struct AdamSettings {
    /// Step size.
    pub learning_rate: f64,
    /// Decay of the running mean.
    pub beta1: f64,
    /// Decay of the running mean square.
    pub beta2: f64,
    /// Weight decay, added to the gradient.
    pub weight_decay: f64,
    /// Added to the root of the mean square.
    pub epsilon: f64,
}

/// One step of Adam (Kingma and Ba 2015) in one kernel for all parameters; takes the gradients away.
///
/// `means` and `squares` have the shapes of `parameters`; `step` is one f32 number, raised by one.
///
/// # Errors
/// libtorch's: a parameter without gradient, lists or shapes that do not match.
pub fn fused_adam(
    parameters: &[Tensor],
    means: &[Tensor],
    squares: &[Tensor],
    step: &Tensor,
    settings: AdamSettings,
) -> Result<(), String> {
    if means.len() != parameters.len() || squares.len() != parameters.len() {
        return Err("each parameter needs one mean and one square".to_owned());
    }
    let (parameters, means, squares) = (pointers(parameters), pointers(means), pointers(squares));
    let AdamSettings { learning_rate, beta1, beta2, weight_decay, epsilon } = settings;
    // SAFETY: each list holds `parameters.len()` pointers (checked above) to live tensors, borrowed for the call; the
    // function keeps none of them, writes at most `capacity` bytes of `error`, and lets no exception out.
    call(|error, capacity| unsafe {
        gridbook_fused_adam(
            parameters.as_ptr(),
            means.as_ptr(),
            squares.as_ptr(),
            step.as_ptr(),
            parameters.len(),
            learning_rate,
            beta1,
            beta2,
            weight_decay,
            epsilon,
            error,
            capacity,
        )
    })
}

/// One step of SGD with momentum (velocity = momentum · velocity + gradient + `weight_decay` · parameter; no dampening);
/// takes the gradients away.
///
/// `velocities` have the shapes of `parameters` and start as zeros.
///
/// # Errors
/// libtorch's: a parameter without gradient, lists or shapes that do not match.
pub fn fused_sgd(
    parameters: &[Tensor],
    velocities: &[Tensor],
    learning_rate: f64,
    momentum: f64,
    weight_decay: f64,
) -> Result<(), String> {
    if velocities.len() != parameters.len() {
        return Err("each parameter needs one velocity".to_owned());
    }
    let (parameters, velocities) = (pointers(parameters), pointers(velocities));
    // SAFETY: as in `fused_adam`.
    call(|error, capacity| unsafe {
        gridbook_fused_sgd(
            parameters.as_ptr(),
            velocities.as_ptr(),
            parameters.len(),
            learning_rate,
            momentum,
            weight_decay,
            error,
            capacity,
        )
    })
}

/// Lets the C library keep what is freed, up to half a gigabyte: every training step allocates and frees its gradients, and
/// handing them back to the system each time costs a third of a step of a large network (page faults).
pub fn keep_freed_memory() {
    use nix::libc::{M_MMAP_THRESHOLD, M_TRIM_THRESHOLD, mallopt};
    // The most that glibc takes as the first; what it refuses is left as it is.
    for (option, bytes) in [(M_MMAP_THRESHOLD, 32 << 20), (M_TRIM_THRESHOLD, 512 << 20)] {
        // SAFETY: two numbers; it changes when memory is given back, nothing else.
        let _ = unsafe { mallopt(option, bytes) };
    }
}

/// From here on, numbers below the smallest normal one are 0 on this thread.
///
/// # Errors
/// The CPU cannot.
pub fn flush_denormals() -> Result<(), String> {
    // SAFETY: sets two bits of this thread's floating-point control word and writes within `error`. Our own Rust code
    // on this thread relies on no denormal.
    call(|error, capacity| unsafe { gridbook_flush_denormals(error, capacity) })
}

/// Deterministic kernels only, no TF32, for the whole process.
///
/// # Errors
/// libtorch's.
pub fn set_deterministic() -> Result<(), String> {
    // SAFETY: sets flags of libtorch's global context and writes within `error`.
    call(|error, capacity| unsafe { gridbook_deterministic(error, capacity) })
}

/// Loads libtorch's CUDA part into this process.
///
/// # Errors
/// The loader's: it, or what it needs, is not here.
pub fn load_cuda() -> Result<(), String> {
    // SAFETY: runs the initialisers of libtorch's own library, of the version whose other part is loaded already, and
    // writes within `error`.
    call(|error, capacity| unsafe { gridbook_load_cuda(error, capacity) })
}

/// The most bytes of GPU memory that libtorch had taken since this was last asked; unused ones go back to the driver.
///
/// # Errors
/// libtorch's: its CUDA part is not loaded.
pub fn take_gpu_peak() -> Result<u64, String> {
    let mut bytes = 0;
    // SAFETY: writes one number and within `error`; no tensor that is in use moves.
    call(|error, capacity| unsafe { gridbook_take_gpu_peak(&raw mut bytes, error, capacity) })?;
    Ok(bytes)
}

/// The instruction set of libtorch's own kernels: `DEFAULT`, `AVX2`, `AVX512`.
///
/// # Errors
/// libtorch's.
pub fn cpu_capability() -> Result<String, String> {
    let mut text = [0; MESSAGE];
    // SAFETY: writes at most the given bytes of `text` and `error`.
    call(|error, capacity| unsafe { gridbook_cpu_capability(text.as_mut_ptr(), MESSAGE, error, capacity) })?;
    Ok(read(&text))
}

/// The version of libtorch.
///
/// # Errors
/// None in practice.
pub fn torch_version() -> Result<String, String> {
    let mut text = [0; MESSAGE];
    // SAFETY: writes at most the given bytes of `text` and `error`.
    call(|error, capacity| unsafe { gridbook_torch_version(text.as_mut_ptr(), MESSAGE, error, capacity) })?;
    Ok(read(&text))
}

fn pointers(tensors: &[Tensor]) -> Vec<*const C_tensor> {
    tensors.iter().map(Tensor::as_ptr).collect()
}

/// Calls a function of the shim with room for a message; 1 is an error.
fn call(function: impl FnOnce(*mut c_char, usize) -> c_int) -> Result<(), String> {
    let mut error = [0; MESSAGE];
    if function(ptr::from_mut(&mut error).cast(), MESSAGE) == 0 { Ok(()) } else { Err(read(&error)) }
}

/// The text up to its zero.
fn read(buffer: &[c_char; MESSAGE]) -> String {
    let bytes: Vec<u8> = buffer.iter().map(|&c| c.cast_unsigned()).collect();
    CStr::from_bytes_until_nul(&bytes).map_or_else(|_| String::new(), |text| text.to_string_lossy().into_owned())
}
