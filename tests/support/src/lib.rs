//! What the acceptance tests share: the app without its window, over real HTTP and real encrypted
//! files, against the mock backend.
//!
//! Only the clock and the keychain are stood in for here: a test must be able to move the one and
//! to take the other away. The real keychain is used by the tests of the window.

mod app;
mod browser;
mod clock;
mod node;
mod probe;

pub use app::{App, OtherDevice, TestApp};
pub use browser::Visitor;
pub use clock::TestClock;
pub use hale_remote::install_crypto;
pub use node::NodeServer;
pub use probe::Probe;

/// The fault of answering with this status and an OperationOutcome.
#[must_use]
pub fn status(status: u16) -> hale_mock_backend::Fault {
    hale_mock_backend::Fault::Status {
        status,
        nhs_code: None,
        retry_after: None,
    }
}
