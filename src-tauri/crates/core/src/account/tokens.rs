//! Where changed tokens go: the keychain for a person on the device, memory for a candidate.

use std::sync::{Arc, Mutex};

use futures::FutureExt;
use futures::future::BoxFuture;

use crate::app::lock;
use crate::ports::{Device, DeviceError, PersonId, SourceId, TokenKeeper, Tokens};

/// Keeps a person's tokens on the device.
pub(crate) struct DeviceKeeper<D> {
    device: Arc<D>,
    person: PersonId,
    source: SourceId,
}

impl<D> DeviceKeeper<D> {
    pub(crate) fn new(device: Arc<D>, person: PersonId, source: SourceId) -> Self {
        Self {
            device,
            person,
            source,
        }
    }
}

impl<D: Device> TokenKeeper for DeviceKeeper<D> {
    fn keep(&self, tokens: Tokens) -> BoxFuture<'_, Result<(), DeviceError>> {
        self.device
            .save_tokens(self.person.clone(), self.source.clone(), Some(tokens))
            .boxed()
    }
}

/// Keeps the tokens of somebody who has not confirmed yet: in memory only.
pub(crate) struct MemoryKeeper(Mutex<Tokens>);

impl MemoryKeeper {
    pub(crate) fn new(tokens: Tokens) -> Self {
        Self(Mutex::new(tokens))
    }

    pub(crate) fn tokens(&self) -> Tokens {
        lock(&self.0).clone()
    }
}

impl TokenKeeper for MemoryKeeper {
    fn keep(&self, tokens: Tokens) -> BoxFuture<'_, Result<(), DeviceError>> {
        *lock(&self.0) = tokens;
        futures::future::ready(Ok(())).boxed()
    }
}
