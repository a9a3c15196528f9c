//! The target `reading` under libFuzzer; its body is `hale_fuzz::reading`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| hale_fuzz::reading::check(input));
