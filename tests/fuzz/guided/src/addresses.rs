//! The target `addresses` under libFuzzer; its body is `hale_fuzz::addresses`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| hale_fuzz::addresses::check(input));
