//! Seeing, finding and booking appointments.

use std::io::ErrorKind;

use hale_contracts::appointments::{
    AppointmentRequest, AppointmentView, AppointmentsView, BookAppointmentRequest,
    BookingDraftView, BookingGuidanceView, BookingOutcomeView, CalendarFileRequest,
    CheckBookingRequest, DismissBookingRequest, FindSlotsRequest, SavedView, SlotsView,
};
use hale_contracts::changes::AppointmentsShownRequest;
use hale_contracts::outbox::{CancelAppointmentRequest, PendingRequestId, RequestOutcomeView};
use hale_core::ports::DeviceError;
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt as _;

use super::{Answer, to_view};
use crate::app::App;

#[tauri::command]
pub(crate) async fn get_appointments(app: State<'_, App>) -> Answer<AppointmentsView> {
    app.appointments().await.map_err(to_view)
}

#[tauri::command]
pub(crate) async fn get_appointment(
    app: State<'_, App>,
    request: AppointmentRequest,
) -> Answer<AppointmentView> {
    app.appointment(request).await.map_err(to_view)
}

/// Saves an appointment as a calendar file where the patient chooses, in the system's own dialog.
#[tauri::command]
pub(crate) async fn save_calendar_file(
    handle: AppHandle,
    app: State<'_, App>,
    request: CalendarFileRequest,
) -> Answer<SavedView> {
    let file = app.calendar_file(request).await.map_err(to_view)?;
    let (tell, told) = tokio::sync::oneshot::channel();
    handle
        .dialog()
        .file()
        .set_file_name(&file.name)
        .add_filter("iCalendar", &["ics"])
        .save_file(move |place| {
            // Nobody waits any more if the window was closed meanwhile.
            tell.send(place).ok();
        });
    let Ok(Some(place)) = told.await else {
        return Ok(SavedView::NotWanted);
    };
    let written = match place.into_path() {
        Ok(path) => tokio::fs::write(path, file.text)
            .await
            .map_err(cannot_write),
        Err(error) => Err(DeviceError::CannotWrite(Box::new(error))),
    };
    written
        .map(|()| SavedView::Saved)
        .map_err(|error| to_view(error.into()))
}

fn cannot_write(error: std::io::Error) -> DeviceError {
    let source = Box::new(error);
    match source.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => DeviceError::DiskFull(source),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            DeviceError::ReadOnly(source)
        }
        _ => DeviceError::CannotWrite(source),
    }
}

#[tauri::command]
pub(crate) async fn appointments_shown(
    app: State<'_, App>,
    request: AppointmentsShownRequest,
) -> Answer<()> {
    app.appointments_shown(request).await.map_err(to_view)
}

#[tauri::command]
pub(crate) async fn get_booking_guidance(app: State<'_, App>) -> Answer<BookingGuidanceView> {
    app.booking_guidance().await.map_err(to_view)
}

#[tauri::command]
pub(crate) async fn save_booking_draft(app: State<'_, App>, draft: BookingDraftView) -> Answer<()> {
    app.save_booking_draft(draft).await.map_err(to_view)
}

#[tauri::command]
pub(crate) async fn find_slots(
    app: State<'_, App>,
    request: FindSlotsRequest,
) -> Answer<SlotsView> {
    app.find_slots(request).await.map_err(to_view)
}

#[tauri::command]
pub(crate) async fn book_appointment(
    app: State<'_, App>,
    request: BookAppointmentRequest,
) -> Answer<BookingOutcomeView> {
    app.book_appointment(request).await.map_err(to_view)
}

#[tauri::command]
pub(crate) async fn check_booking(
    app: State<'_, App>,
    request: CheckBookingRequest,
) -> Answer<BookingOutcomeView> {
    app.check_booking(request).await.map_err(to_view)
}

#[tauri::command]
pub(crate) async fn dismiss_booking(
    app: State<'_, App>,
    request: DismissBookingRequest,
) -> Answer<()> {
    app.dismiss_booking(request).await.map_err(to_view)
}

#[tauri::command]
pub(crate) async fn cancel_appointment(
    app: State<'_, App>,
    request: CancelAppointmentRequest,
) -> Answer<RequestOutcomeView> {
    app.cancel_appointment(request).await.map_err(to_view)
}

#[tauri::command]
pub(crate) async fn undo_request(app: State<'_, App>, request: PendingRequestId) -> Answer<()> {
    app.undo_request(request).await.map_err(to_view)
}

#[tauri::command]
pub(crate) async fn send_request_again(
    app: State<'_, App>,
    request: PendingRequestId,
) -> Answer<RequestOutcomeView> {
    app.send_request_again(request).await.map_err(to_view)
}
