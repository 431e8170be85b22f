//! The only other place that knows libtorch.
