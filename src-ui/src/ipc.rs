//! The only caller of the shell. One typed function a command; every refusal is an [`ErrorView`].
//! Holds no state and decides nothing.

mod channel;

use hale_contracts::account::{
    AboutView, AppearanceView, BackendCheckView, BackendChoicesView, ChooseBackendRequest,
    ConfirmIdentityRequest, MendedView, SessionView, SignOutRequest,
};
use hale_contracts::appointments::{
    AppointmentRequest, AppointmentView, AppointmentsView, BookAppointmentRequest,
    BookingDraftView, BookingGuidanceView, BookingOutcomeView, CalendarFileRequest,
    CheckBookingRequest, DismissBookingRequest, FindSlotsRequest, SavedView, SlotsView,
};
use hale_contracts::changes::{
    AppointmentsShownRequest, DismissAccessNoticeRequest, SectionShownRequest,
};
use hale_contracts::error::{ErrorCode, ErrorView};
use hale_contracts::home::HomeView;
use hale_contracts::links::OfficialLink;
use hale_contracts::outbox::{CancelAppointmentRequest, PendingRequestId, RequestOutcomeView};
use hale_contracts::record::{
    RecordItemRequest, RecordItemView, RecordSectionRequest, RecordSectionView, RecordSummaryView,
    SearchRecordRequest, SearchRecordView,
};
use hale_contracts::repeats::{
    FindPharmaciesRequest, OrderRepeatsRequest, OrdersOutcomeView, PharmaciesView,
    RepeatRequestRequest, RepeatRequestView, RepeatsView,
};
use hale_contracts::sources::{LinkOutcomeView, LinkSourceRequest, SourceRequest, SourcesView};
use hale_contracts::sync::{SyncProgress, SyncStatusView};
use js_sys::{Function, Object, Promise, Reflect};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// What every command answers.
pub(crate) type Answer<T> = Result<T, ErrorView>;

// Account.

pub(crate) async fn get_session() -> Answer<SessionView> {
    call("get_session", Arguments::none()).await
}

pub(crate) async fn get_backends() -> Answer<BackendChoicesView> {
    call("get_backends", Arguments::none()).await
}

pub(crate) async fn check_backend(request: ChooseBackendRequest) -> Answer<BackendCheckView> {
    call("check_backend", Arguments::one("request", &request)?).await
}

pub(crate) async fn choose_backend(request: ChooseBackendRequest) -> Answer<SessionView> {
    call("choose_backend", Arguments::one("request", &request)?).await
}

/// Opens the system browser; resolves when the sign-in has ended, which may take minutes.
pub(crate) async fn sign_in() -> Answer<SessionView> {
    call("sign_in", Arguments::none()).await
}

pub(crate) async fn cancel_sign_in() -> Answer<()> {
    call("cancel_sign_in", Arguments::none()).await
}

pub(crate) async fn confirm_identity(request: ConfirmIdentityRequest) -> Answer<SessionView> {
    call("confirm_identity", Arguments::one("request", &request)?).await
}

pub(crate) async fn sign_out(request: SignOutRequest) -> Answer<SessionView> {
    call("sign_out", Arguments::one("request", &request)?).await
}

/// Mends the damaged file with what the patient made. Only after their yes.
pub(crate) async fn mend() -> Answer<MendedView> {
    call("mend", Arguments::none()).await
}

pub(crate) async fn get_appearance() -> Answer<AppearanceView> {
    call("get_appearance", Arguments::none()).await
}

pub(crate) async fn set_appearance(appearance: AppearanceView) -> Answer<()> {
    call("set_appearance", Arguments::one("appearance", &appearance)?).await
}

pub(crate) async fn get_about() -> Answer<AboutView> {
    call("get_about", Arguments::none()).await
}

/// Opens one of the known official pages in the system browser.
pub(crate) async fn open_link(link: OfficialLink) -> Answer<()> {
    call("open_link", Arguments::one("link", &link)?).await
}

// Sync.

/// Checks everything with the sources. `on_progress` is called in order while it runs.
pub(crate) async fn sync_now(
    on_progress: impl FnMut(SyncProgress) + 'static,
) -> Answer<SyncStatusView> {
    let channel = channel::open(on_progress)?;
    call(
        "sync_now",
        Arguments::one("onProgress", &channel.argument())?,
    )
    .await
}

pub(crate) async fn get_sync_status() -> Answer<SyncStatusView> {
    call("get_sync_status", Arguments::none()).await
}

// Home.

pub(crate) async fn get_home() -> Answer<HomeView> {
    call("get_home", Arguments::none()).await
}

/// Ends the check that runs, if one does. What arrived stays.
pub(crate) async fn stop_check() -> Answer<()> {
    call("stop_check", Arguments::none()).await
}

pub(crate) async fn dismiss_access_notice(request: DismissAccessNoticeRequest) -> Answer<()> {
    call(
        "dismiss_access_notice",
        Arguments::one("request", &request)?,
    )
    .await
}

// Record.

pub(crate) async fn get_record_summary() -> Answer<RecordSummaryView> {
    call("get_record_summary", Arguments::none()).await
}

pub(crate) async fn get_record_section(request: RecordSectionRequest) -> Answer<RecordSectionView> {
    call("get_record_section", Arguments::one("request", &request)?).await
}

pub(crate) async fn get_record_item(request: RecordItemRequest) -> Answer<RecordItemView> {
    call("get_record_item", Arguments::one("request", &request)?).await
}

pub(crate) async fn section_shown(request: SectionShownRequest) -> Answer<()> {
    call("section_shown", Arguments::one("request", &request)?).await
}

pub(crate) async fn search_record(request: SearchRecordRequest) -> Answer<SearchRecordView> {
    call("search_record", Arguments::one("request", &request)?).await
}

// Appointments.

pub(crate) async fn get_appointments() -> Answer<AppointmentsView> {
    call("get_appointments", Arguments::none()).await
}

pub(crate) async fn appointments_shown(request: AppointmentsShownRequest) -> Answer<()> {
    call("appointments_shown", Arguments::one("request", &request)?).await
}

pub(crate) async fn get_appointment(request: AppointmentRequest) -> Answer<AppointmentView> {
    call("get_appointment", Arguments::one("request", &request)?).await
}

pub(crate) async fn get_repeats() -> Answer<RepeatsView> {
    call("get_repeats", Arguments::none()).await
}

pub(crate) async fn get_repeat_request(request: RepeatRequestRequest) -> Answer<RepeatRequestView> {
    call("get_repeat_request", Arguments::one("request", &request)?).await
}

pub(crate) async fn order_repeats(request: OrderRepeatsRequest) -> Answer<OrdersOutcomeView> {
    call("order_repeats", Arguments::one("request", &request)?).await
}

pub(crate) async fn find_pharmacies(request: FindPharmaciesRequest) -> Answer<PharmaciesView> {
    call("find_pharmacies", Arguments::one("request", &request)?).await
}

pub(crate) async fn cancel_repeat_request(
    request: RepeatRequestRequest,
) -> Answer<RequestOutcomeView> {
    call(
        "cancel_repeat_request",
        Arguments::one("request", &request)?,
    )
    .await
}

/// Asks where to, and saves an appointment there as a calendar file.
pub(crate) async fn save_calendar_file(request: CalendarFileRequest) -> Answer<SavedView> {
    call("save_calendar_file", Arguments::one("request", &request)?).await
}

pub(crate) async fn get_booking_guidance() -> Answer<BookingGuidanceView> {
    call("get_booking_guidance", Arguments::none()).await
}

pub(crate) async fn save_booking_draft(draft: BookingDraftView) -> Answer<()> {
    call("save_booking_draft", Arguments::one("draft", &draft)?).await
}

pub(crate) async fn find_slots(request: FindSlotsRequest) -> Answer<SlotsView> {
    call("find_slots", Arguments::one("request", &request)?).await
}

/// Books. The same `booking_id` asked for twice is one booking.
pub(crate) async fn book_appointment(
    request: BookAppointmentRequest,
) -> Answer<BookingOutcomeView> {
    call("book_appointment", Arguments::one("request", &request)?).await
}

pub(crate) async fn check_booking(request: CheckBookingRequest) -> Answer<BookingOutcomeView> {
    call("check_booking", Arguments::one("request", &request)?).await
}

pub(crate) async fn dismiss_booking(request: DismissBookingRequest) -> Answer<()> {
    call("dismiss_booking", Arguments::one("request", &request)?).await
}

/// Cancels, now or when the server can be reached.
pub(crate) async fn cancel_appointment(
    request: CancelAppointmentRequest,
) -> Answer<RequestOutcomeView> {
    call("cancel_appointment", Arguments::one("request", &request)?).await
}

/// Takes back what was not sent, or what the server did not carry out.
pub(crate) async fn undo_request(request: PendingRequestId) -> Answer<()> {
    call("undo_request", Arguments::one("request", &request)?).await
}

/// Sends what somebody else's change stopped, on what the server holds now.
pub(crate) async fn send_request_again(request: PendingRequestId) -> Answer<RequestOutcomeView> {
    call("send_request_again", Arguments::one("request", &request)?).await
}

// The services of the record.

pub(crate) async fn get_sources() -> Answer<SourcesView> {
    call("get_sources", Arguments::none()).await
}

/// Opens the system browser; resolves when the sign-in there has ended, which may take minutes.
pub(crate) async fn link_source(request: LinkSourceRequest) -> Answer<LinkOutcomeView> {
    call("link_source", Arguments::one("request", &request)?).await
}

pub(crate) async fn confirm_link(request: ConfirmIdentityRequest) -> Answer<SourcesView> {
    call("confirm_link", Arguments::one("request", &request)?).await
}

pub(crate) async fn sign_in_to_source(request: SourceRequest) -> Answer<SourcesView> {
    call("sign_in_to_source", Arguments::one("request", &request)?).await
}

pub(crate) async fn unlink_source(request: SourceRequest) -> Answer<SourcesView> {
    call("unlink_source", Arguments::one("request", &request)?).await
}

/// A new id, made by the browser's source of randomness: for a booking, made once when the check
/// page opens.
pub(crate) fn new_id() -> Answer<String> {
    web_sys::window()
        .and_then(|window| window.crypto().ok())
        .map(|crypto| crypto.random_uuid())
        .ok_or_else(fault)
}

/// The arguments of a command, by name.
struct Arguments(Object);

impl Arguments {
    fn none() -> Self {
        Self(Object::new())
    }

    fn one(name: &str, value: &impl Serialize) -> Answer<Self> {
        let arguments = Object::new();
        // Maps become plain objects and options become null, as in JSON.
        let value = value
            .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
            .map_err(|_| fault())?;
        Reflect::set(&arguments, &JsValue::from_str(name), &value).map_err(|_| fault())?;
        Ok(Self(arguments))
    }
}

/// The object that Tauri puts into the page.
fn internals() -> Answer<JsValue> {
    let window = web_sys::window().ok_or_else(fault)?;
    Reflect::get(&window, &JsValue::from_str("__TAURI_INTERNALS__"))
        .ok()
        .filter(JsValue::is_object)
        .ok_or_else(fault)
}

fn method(of: &JsValue, name: &str) -> Answer<Function> {
    Reflect::get(of, &JsValue::from_str(name))
        .ok()
        .and_then(|found| found.dyn_into().ok())
        .ok_or_else(fault)
}

async fn call<T: DeserializeOwned>(command: &str, arguments: Arguments) -> Answer<T> {
    let answer = invoke(command, arguments).await?;
    serde_wasm_bindgen::from_value(answer).map_err(|_| fault())
}

/// What the shell answers, not read yet: all that calls have in common is compiled once.
async fn invoke(command: &str, arguments: Arguments) -> Answer<JsValue> {
    let internals = internals()?;
    let promise = method(&internals, "invoke")?
        .call2(&internals, &JsValue::from_str(command), &arguments.0)
        .map_err(refusal)?;
    JsFuture::from(Promise::resolve(&promise))
        .await
        .map_err(refusal)
}

/// A rejection is an [`ErrorView`]; anything else, such as Tauri's own text for a command that it
/// does not know, is a fault of ours and not for a patient's eyes.
fn refusal(reason: JsValue) -> ErrorView {
    serde_wasm_bindgen::from_value(reason).unwrap_or_else(|_| fault())
}

fn fault() -> ErrorView {
    ErrorView::new(ErrorCode::Internal)
}
