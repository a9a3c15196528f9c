//! The first screen, put together from the slices.
