//! The target `requests` under libFuzzer; its body is `hale_fuzz::requests`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| hale_fuzz::requests::check(input));
