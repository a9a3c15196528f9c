//! How deep and how large a written resource may be. A body has its own limits; a patch can nest
//! and double what is there, and one that went on would end the server.

use serde_json::Value;

use crate::outcome::Refusal;

/// A page of results adds a few levels, and JSON readers commonly stop at 128.
const DEEPEST: usize = 100;

/// In bytes of text and values, roughly.
const LARGEST: usize = 8 * 1024 * 1024;

/// Refuses what is too deep or too large.
pub(super) fn check(resource: &Value) -> Result<(), Refusal> {
    let mut room = LARGEST;
    if fits(resource, DEEPEST, &mut room) {
        Ok(())
    } else {
        Err(Refusal::invalid_resource("The resource is too large"))
    }
}

fn fits(value: &Value, depth: usize, room: &mut usize) -> bool {
    let own = match value {
        Value::String(text) => text.len(),
        Value::Object(fields) => fields.keys().map(String::len).sum(),
        _ => 0,
    };
    let Some(left) = room.checked_sub(own + 1) else {
        return false;
    };
    *room = left;
    match value {
        Value::Array(items) => depth > 0 && items.iter().all(|value| fits(value, depth - 1, room)),
        Value::Object(fields) => {
            depth > 0 && fields.values().all(|value| fits(value, depth - 1, room))
        }
        _ => true,
    }
}
