//! What the window asks, in the shell's words: lines of JSON, one after another, to an app that is
//! signed in to a service in memory.
//!
//! The first letter of a line names the command; see [`one`]. The laws: nothing panics; a request and
//! its answer cross between window and shell unchanged; nothing that a patient types is an internal
//! error; no booking is sent twice, whatever is asked and however the service answers.

use std::fmt::Debug;
use std::future::Future;
use std::sync::Arc;

use futures::executor::block_on;
use hale_contracts::account::ConfirmIdentityRequest;
use hale_contracts::error::ErrorCode;
use hale_contracts::links::OfficialLink;
use hale_contracts::record::SearchRecordRequest;
use hale_core::app::Hale;
use hale_core::error::Error;
use hale_core::memory::MemoryDevice;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::service::{Fate, NoBrowser, Service, Services, Still};
use crate::store;

type App = Hale<MemoryDevice, Services, Still>;

/// More requests than this say nothing new.
const MOST_LINES: usize = 12;

/// Runs the laws over lines of requests.
pub fn check(input: &[u8]) {
    for line in lines(input) {
        if let Some(json) = line.strip_prefix(b"s")
            && let Ok(request) = serde_json::from_slice::<SearchRecordRequest>(json)
        {
            store::search(&request.text);
        }
    }
    let service = Service::new();
    let app: App = Hale::new(
        MemoryDevice::default(),
        Services(service.clone()),
        Still::default(),
        Arc::new(NoBrowser),
    )
    .with_backend("https://fhir.example.org/r4".to_owned());
    block_on(async {
        app.start().await;
        app.sign_in().await.expect("a sign-in");
        let yes = ConfirmIdentityRequest { is_me: true };
        app.confirm_identity(yes).await.expect("the same person");
        for line in lines(input) {
            if let Some((letter, json)) = line.split_first() {
                one(&app, &service, *letter, json).await;
            }
        }
        // What was left behind is shown without trouble.
        everything(&app).await;
    });
}

fn lines(input: &[u8]) -> impl Iterator<Item = &[u8]> {
    input.split(|byte| *byte == b'\n').take(MOST_LINES)
}

/// One line. Capital letters are commands without a request, digits what the service does next.
async fn one(app: &App, service: &Service, letter: u8, json: &[u8]) {
    match letter {
        b'a' => ask(json, |request| app.appointment(request)).await,
        b'b' => ask(json, |request| app.book_appointment(request)).await,
        b'c' => ask(json, |request| app.check_booking(request)).await,
        b'd' => ask(json, |request| app.save_booking_draft(request)).await,
        b'e' => ask(json, |request| app.sign_out(request)).await,
        b'f' => ask(json, |request| app.find_slots(request)).await,
        b'g' => ask(json, |request| app.send_request_again(request)).await,
        b'h' => ask(json, |request| app.choose_backend(request)).await,
        b'i' => ask(json, |request| app.record_item(request)).await,
        b'j' => ask(json, |request| app.appointments_shown(request)).await,
        b'k' => ask(json, |request| app.section_shown(request)).await,
        b'l' => ask(json, |request| app.record_section(request)).await,
        b'm' => ask(json, |request| app.reply_to_message(request)).await,
        b'n' => ask(json, |request| app.cancel_appointment(request)).await,
        b'o' => ask(json, |request| app.order_repeat(request)).await,
        b'p' => ask(json, |request| app.set_appearance(request)).await,
        b'q' => ask(json, |request| app.confirm_identity(request)).await,
        b'r' => ask(json, |request| app.confirm_link(request)).await,
        b's' => ask(json, |request| app.search_record(request)).await,
        b't' => ask(json, |request| app.sign_in_to_source(request)).await,
        b'u' => ask(json, |request| app.undo_request(request)).await,
        b'v' => ask(json, |request| app.check_backend(request)).await,
        b'w' => link(json),
        b'x' => ask(json, |request| app.dismiss_booking(request)).await,
        b'y' => ask(json, |request| app.link_source(request)).await,
        b'z' => ask(json, |request| app.unlink_source(request)).await,
        b'E' => everything(app).await,
        b'I' => answered(app.sign_in().await),
        b'Y' => answered(app.sync_now(&|_| {}).await),
        b'0' => service.next_write(Fate::Lost),
        b'1' => service.next_write(Fate::Garbled),
        b'2' => service.next_write(Fate::Offline),
        b'3' => service.next_write(Fate::Refused(409)),
        b'4' => service.next_write(Fate::Refused(422)),
        b'5' => service.next_write(Fate::Refused(500)),
        b'6' => service.next_write(Fate::Refused(429)),
        b'9' => service.next_answer(json),
        _ => {}
    }
}

/// What the window asks without saying anything.
async fn everything(app: &App) {
    answered(app.home().await);
    answered(app.appointments().await);
    answered(app.booking_guidance().await);
    answered(app.pending_requests().await);
    answered(app.record_summary().await);
    answered(app.sync_status().await);
    answered(app.sources().await);
    crosses(&app.session_view().await);
    crosses(&app.appearance().await);
}

fn link(json: &[u8]) {
    if let Ok(link) = serde_json::from_slice::<OfficialLink>(json) {
        crosses(&link);
        assert!(link.url().starts_with("https://"));
    }
}

/// Reads a request as the shell does, and asks.
async fn ask<Q, A, F>(json: &[u8], command: impl FnOnce(Q) -> F)
where
    Q: Serialize + DeserializeOwned + PartialEq + Debug,
    A: Serialize + DeserializeOwned + PartialEq + Debug,
    F: Future<Output = Result<A, Error>>,
{
    if let Ok(request) = serde_json::from_slice::<Q>(json) {
        crosses(&request);
        answered(command(request).await);
    }
}

fn answered<A>(answer: Result<A, Error>)
where
    A: Serialize + DeserializeOwned + PartialEq + Debug,
{
    match answer {
        Ok(answer) => crosses(&answer),
        Err(error) => {
            let view = error.view();
            assert_ne!(view.code, ErrorCode::Internal, "an internal error");
            crosses(&view);
        }
    }
}

/// Whether a value is the same on the other side of the border.
///
/// # Panics
/// If it is not.
pub(crate) fn crosses<T>(value: &T)
where
    T: Serialize + DeserializeOwned + PartialEq + Debug,
{
    let json = serde_json::to_string(value).expect("a value that cannot be written");
    let read: T = serde_json::from_str(&json).expect("a value that cannot be read back");
    assert!(read == *value, "a value that changes on its way");
}
