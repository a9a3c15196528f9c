//! The raw key of a person's files. Owns its making and its one written form; wiped when dropped.

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// 256 bits from the system's randomness. SQLCipher takes them as they are, without deriving.
#[derive(Clone)]
pub(crate) struct RawKey(Zeroizing<[u8; 32]>);

impl RawKey {
    /// A new key.
    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut_slice())?;
        Ok(Self(bytes))
    }

    /// As 64 hexadecimal digits: the form in the keychain, and the one that SQLCipher reads.
    pub(crate) fn to_hex(&self) -> Zeroizing<String> {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        // Of its final size from the start, so that no copy of a shorter one stays behind.
        let mut hex = Zeroizing::new(String::with_capacity(64));
        for byte in self.0.iter() {
            hex.push(char::from(DIGITS[usize::from(byte >> 4)]));
            hex.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
        hex
    }

    /// What is kept beside the files to know the key by: a hash of it, as 64 hexadecimal digits.
    /// The key has 256 bits of the system's randomness, so that nobody finds it from this.
    pub(crate) fn check_value(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(b"hale key check 1\0");
        hash.update(self.0.as_slice());
        let hash = hash.finalize();
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// From the form in the keychain; none if it is not 64 hexadecimal digits.
    pub(crate) fn from_hex(text: &str) -> Option<Self> {
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let mut bytes = Zeroizing::new([0; 32]);
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[index * 2..][..2], 16).ok()?;
        }
        Some(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_comes_back_from_its_written_form() {
        let key = RawKey::random().unwrap();
        let hex = key.to_hex();
        assert_eq!(hex.len(), 64);
        assert_eq!(RawKey::from_hex(&hex).unwrap().to_hex(), hex);
        let check = RawKey::from_hex(&hex).unwrap().check_value();
        assert_eq!(check, key.check_value());
        assert_eq!(check.len(), 64);
        assert_ne!(check, *hex, "what is kept in the clear is not the key");
    }

    #[test]
    fn two_keys_differ() {
        let [one, other] = [RawKey::random().unwrap(), RawKey::random().unwrap()];
        assert_ne!(one.to_hex(), other.to_hex());
        assert_ne!(one.check_value(), other.check_value());
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["", "00", &"g".repeat(64), &"+1".repeat(32), &"é".repeat(32)] {
            assert!(RawKey::from_hex(text).is_none(), "{text}");
        }
    }
}
