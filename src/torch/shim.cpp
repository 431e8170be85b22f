// What libtorch has and the tch crate does not: fused optimizer steps, flushing of denormals, deterministic mode, and
// the names of the CPU code path and of the version; and the CUDA part, loaded by hand. Plain C outside, because no C++ exception may reach Rust: every
// function returns 0, or writes why not into `error` and returns 1.
//
// Compiled by scripts/setup into .libtorch/lib/libgridbook_torch.so, together with torch-sys's C++.

#include <ATen/Context.h>
#include <ATen/Version.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/_fused_adam.h>
#include <ATen/ops/_fused_sgd.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <dlfcn.h>
#include <torch/headeronly/version.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

// As much of `text` as fits, always ended by a zero.
void put(const char* text, char* buffer, size_t capacity) noexcept {
  if (buffer == nullptr || capacity == 0) return;
  const size_t length = std::min(std::strlen(text), capacity - 1);
  std::memcpy(buffer, text, length);
  buffer[length] = '\0';
}

template <typename Body>
int guarded(char* error, size_t capacity, Body body) noexcept {
  try {
    body();
    return 0;
  } catch (const c10::Error& thrown) {
    put(thrown.what_without_backtrace(), error, capacity);
  } catch (const std::exception& thrown) {
    put(thrown.what(), error, capacity);
  } catch (...) {
    put("an unknown C++ exception", error, capacity);
  }
  return 1;
}

std::vector<at::Tensor> list(const at::Tensor* const* tensors, size_t count) {
  std::vector<at::Tensor> copies;
  copies.reserve(count);
  for (size_t i = 0; i < count; ++i) copies.push_back(*tensors[i]);
  return copies;
}

// The gradients, taken away from the parameters: the next backward pass then stores its result instead of adding to
// it, and nothing has to be set to zero.
std::vector<at::Tensor> take_gradients(const std::vector<at::Tensor>& parameters) {
  std::vector<at::Tensor> gradients;
  gradients.reserve(parameters.size());
  for (const at::Tensor& parameter : parameters) {
    if (!parameter.grad().defined()) throw std::runtime_error("a parameter has no gradient");
    gradients.push_back(parameter.grad());
  }
  for (const at::Tensor& parameter : parameters) parameter.mutable_grad().reset();
  return gradients;
}

}  // namespace

extern "C" {

// One step of Adam on `count` parameters. `step` is one f32 number on their device: steps made so far.
int gridbook_fused_adam(const at::Tensor* const* parameters, const at::Tensor* const* means,
                        const at::Tensor* const* squares, const at::Tensor* step, size_t count, double learning_rate,
                        double beta1, double beta2, double weight_decay, double epsilon, char* error, size_t capacity) {
  return guarded(error, capacity, [&] {
    at::NoGradGuard no_grad;
    const std::vector<at::Tensor> weights = list(parameters, count);
    const std::vector<at::Tensor> gradients = take_gradients(weights);
    step->add_(1);
    // Every parameter has made the same number of steps, and the kernel only reads it.
    const std::vector<at::Tensor> steps(count, *step);
    at::_fused_adam_(weights, gradients, list(means, count), list(squares, count), {}, steps, learning_rate, beta1,
                     beta2, weight_decay, epsilon, /*amsgrad=*/false, /*maximize=*/false);
  });
}

// One step of SGD with momentum on `count` parameters; `velocities` start as zeros.
int gridbook_fused_sgd(const at::Tensor* const* parameters, const at::Tensor* const* velocities, size_t count,
                       double learning_rate, double momentum, double weight_decay, char* error,
                       size_t capacity) {
  return guarded(error, capacity, [&] {
    at::NoGradGuard no_grad;
    const std::vector<at::Tensor> weights = list(parameters, count);
    const std::vector<at::Tensor> gradients = take_gradients(weights);
    // The kernel wants no velocities at all where there is no momentum.
    const std::vector<at::Tensor> buffers = momentum == 0.0 ? std::vector<at::Tensor>() : list(velocities, count);
    at::_fused_sgd_(weights, gradients, buffers, weight_decay, momentum, learning_rate, /*dampening=*/0.0,
                    /*nesterov=*/false, /*maximize=*/false, /*is_first_step=*/false);
  });
}

// Numbers below the smallest normal one become 0 on this thread: they cost up to a hundred times a normal number.
int gridbook_flush_denormals(char* error, size_t capacity) {
  return guarded(error, capacity, [] {
    if (!at::globalContext().setFlushDenormal(true)) throw std::runtime_error("this CPU cannot flush denormals");
  });
}

// Same input, same bits: no nondeterministic kernels, no TF32, no choosing of kernels by timing.
int gridbook_deterministic(char* error, size_t capacity) {
  return guarded(error, capacity, [] {
    at::Context& context = at::globalContext();
    context.setDeterministicAlgorithms(true, /*warn_only=*/false);
    // Deterministic mode would also fill every new tensor before it is written: time for nothing here.
    context.setDeterministicFillUninitializedMemory(false);
    context.setDeterministicCuDNN(true);
    context.setBenchmarkCuDNN(false);
    context.setAllowTF32CuBLAS(false);
    context.setAllowTF32CuDNN(false);
  });
}

// Loads libtorch's CUDA part, found from this library's own run path, which leads to libtorch's folder. Its kernels and
// hooks register themselves; nothing links it, so that the program starts where it is not.
int gridbook_load_cuda(char* error, size_t capacity) {
  return guarded(error, capacity, [] {
    if (dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL) == nullptr) throw std::runtime_error(dlerror());
  });
}

// The most bytes that the allocator of the first GPU had taken from the driver since this was last called; gives back
// what is not in use.
int gridbook_take_gpu_peak(uint64_t* bytes, char* error, size_t capacity) {
  return guarded(error, capacity, [&] {
    c10::DeviceAllocator* allocator = c10::getDeviceAllocator(c10::DeviceType::CUDA);
    // Before the first tensor there is nothing to count.
    if (!allocator->initialized()) {
      *bytes = 0;
      return;
    }
    const auto kind = static_cast<size_t>(c10::CachingAllocator::StatType::AGGREGATE);
    *bytes = static_cast<uint64_t>(std::max<int64_t>(0, allocator->getDeviceStats(0).reserved_bytes[kind].peak));
    allocator->emptyCache();
    allocator->resetPeakStats(0);
  });
}

// The instruction set that libtorch's own kernels use here: DEFAULT, AVX2, AVX512, ...
int gridbook_cpu_capability(char* text, size_t text_capacity, char* error, size_t capacity) {
  return guarded(error, capacity, [&] { put(at::get_cpu_capability().c_str(), text, text_capacity); });
}

// The libtorch whose headers this was compiled with; the C++ ABI ties the loaded one to it.
int gridbook_torch_version(char* text, size_t text_capacity, char* error, size_t capacity) {
  return guarded(error, capacity, [&] { put(TORCH_VERSION, text, text_capacity); });
}

}  // extern "C"
