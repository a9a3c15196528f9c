//! Tauri's `Channel`: messages from a running command, put back into their order. The shell
//! numbers them, because large ones travel another way and may arrive late.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use js_sys::Reflect;
use serde::de::DeserializeOwned;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

use super::{Answer, fault, internals, method};

/// An open channel.
pub(super) struct Channel {
    id: f64,
}

impl Channel {
    /// How a command's argument names the channel.
    pub(super) fn argument(&self) -> String {
        format!("__CHANNEL__:{}", self.id)
    }
}

/// Opens a channel. It closes itself when the shell says that it has sent the last message.
pub(super) fn open<T: DeserializeOwned + 'static>(
    mut on_message: impl FnMut(T) + 'static,
) -> Answer<Channel> {
    let internals = internals()?;
    let mut order = InOrder::default();
    let own_id = Rc::new(RefCell::new(None));
    let id_inside = Rc::clone(&own_id);

    let receive = Closure::<dyn FnMut(JsValue)>::new(move |raw: JsValue| {
        let Some(index) = field(&raw, "index").and_then(|index| index.as_f64()) else {
            return;
        };
        // Indexes are small whole numbers counted from nought.
        let index = index as u64;
        let arrived = match field(&raw, "end") {
            Some(_) => Arrived::End,
            None => Arrived::Message(field(&raw, "message").unwrap_or(JsValue::NULL)),
        };
        for next in order.take(index, arrived) {
            match next {
                Arrived::Message(message) => {
                    // A message that cannot be read is only progress: the answer of the command
                    // itself says how it ended.
                    if let Ok(message) = serde_wasm_bindgen::from_value(message) {
                        on_message(message);
                    }
                }
                Arrived::End => {
                    if let Some(id) = id_inside.borrow_mut().take() {
                        unregister(id);
                    }
                }
            }
        }
    });
    let id = method(&internals, "transformCallback")?
        .call2(
            &internals,
            receive.as_ref().unchecked_ref(),
            &JsValue::FALSE,
        )
        .ok()
        .and_then(|id| id.as_f64())
        .ok_or_else(fault)?;
    *own_id.borrow_mut() = Some(id);
    // The page now owns the callback until the shell ends the channel.
    receive.forget();
    Ok(Channel { id })
}

fn field(of: &JsValue, name: &str) -> Option<JsValue> {
    let found = Reflect::get(of, &JsValue::from_str(name)).ok()?;
    (!found.is_undefined()).then_some(found)
}

fn unregister(id: f64) {
    let Ok(internals) = internals() else { return };
    if let Ok(unregister) = method(&internals, "unregisterCallback") {
        let _ = unregister.call1(&internals, &JsValue::from_f64(id));
    }
}

/// What came under a number.
#[derive(Debug, Clone, PartialEq)]
enum Arrived<M> {
    Message(M),
    End,
}

/// Gives messages out in the order of their numbers, whatever the order in which they arrive.
#[derive(Debug)]
struct InOrder<M> {
    next: u64,
    early: BTreeMap<u64, Arrived<M>>,
}

impl<M> Default for InOrder<M> {
    fn default() -> Self {
        Self {
            next: 0,
            early: BTreeMap::new(),
        }
    }
}

impl<M> InOrder<M> {
    fn take(&mut self, index: u64, arrived: Arrived<M>) -> Vec<Arrived<M>> {
        self.early.insert(index, arrived);
        let mut ready = Vec::new();
        while let Some(arrived) = self.early.remove(&self.next) {
            self.next += 1;
            ready.push(arrived);
        }
        ready
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_that_overtake_each_other_are_given_out_in_order() {
        let mut order = InOrder::default();
        assert_eq!(order.take(1, Arrived::Message("b")), []);
        assert_eq!(order.take(2, Arrived::End), []);
        assert_eq!(
            order.take(0, Arrived::Message("a")),
            [Arrived::Message("a"), Arrived::Message("b"), Arrived::End],
            "progress that jumps back would look like a fault"
        );
    }
}
