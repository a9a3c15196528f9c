//! The native shell: puts the app together, opens the window, and lets it ask.
//!
//! A thin room. It holds no rule, no view and no word for the patient; each command parses, calls
//! the core and maps the error. The window reaches nothing that is not listed in `permissions/`.

mod app;
mod browser;
mod commands;
mod logging;
mod presets;

use std::io::Write;

use tauri::Manager;
#[cfg(desktop)]
use tauri_plugin_window_state::StateFlags;

/// Starts Hale and returns when its window is closed.
///
/// # Panics
/// If the window system cannot be reached: there is nothing that a program with a window can say
/// then but end with the reason.
#[cfg_attr(mobile, tauri::mobile_entry_point)]
pub fn run() {
    hale_remote::install_crypto();
    let builder = tauri::Builder::default();
    #[cfg(desktop)]
    let builder = builder
        .plugin(tauri_plugin_single_instance::init(|app, _, _| {
            // A second start brings the first window to the front.
            if let Some(window) = app.get_webview_window("main") {
                let shown = window.unminimize().and_then(|()| window.set_focus());
                if let Err(error) = shown {
                    tracing::warn!(%error, "could not bring the window to the front");
                }
            }
        }))
        .plugin(
            tauri_plugin_window_state::Builder::default()
                // A window that was hidden when the app ended must not start hidden.
                .with_state_flags(StateFlags::all() - StateFlags::VISIBLE)
                .build(),
        );
    builder
        .plugin(logging::plugin())
        .plugin(tauri_plugin_opener::init())
        .plugin(tauri_plugin_dialog::init())
        .setup(|app| {
            let hale = app::put_together(app.handle())?;
            app.manage(hale);
            announce();
            Ok(())
        })
        .invoke_handler(tauri::generate_handler![
            commands::account::get_session,
            commands::account::get_backends,
            commands::account::check_backend,
            commands::account::choose_backend,
            commands::account::sign_in,
            commands::account::cancel_sign_in,
            commands::account::confirm_identity,
            commands::account::sign_out,
            commands::account::mend,
            commands::account::get_appearance,
            commands::account::set_appearance,
            commands::account::get_about,
            commands::account::open_link,
            commands::sync::sync_now,
            commands::sync::stop_check,
            commands::sync::get_sync_status,
            commands::record::get_record_summary,
            commands::record::get_record_section,
            commands::record::get_record_item,
            commands::record::section_shown,
            commands::record::search_record,
            commands::appointments::get_appointments,
            commands::appointments::get_appointment,
            commands::appointments::save_calendar_file,
            commands::appointments::appointments_shown,
            commands::appointments::get_booking_guidance,
            commands::appointments::save_booking_draft,
            commands::appointments::find_slots,
            commands::appointments::book_appointment,
            commands::appointments::check_booking,
            commands::appointments::dismiss_booking,
            commands::appointments::cancel_appointment,
            commands::appointments::undo_request,
            commands::appointments::send_request_again,
            commands::repeats::get_repeats,
            commands::repeats::get_repeat_request,
            commands::repeats::order_repeats,
            commands::repeats::find_pharmacies,
            commands::repeats::cancel_repeat_request,
            commands::home::get_home,
            commands::home::dismiss_access_notice,
            commands::sources::get_sources,
            commands::sources::link_source,
            commands::sources::confirm_link,
            commands::sources::sign_in_to_source,
            commands::sources::unlink_source,
        ])
        .run(tauri::generate_context!())
        .expect("the window system can be reached");
}

/// Tells whoever started the program that this Hale has a window. A second start ends before it
/// comes here.
fn announce() {
    // Nobody need listen, and on Windows there may be nowhere to write to.
    let _ = writeln!(std::io::stdout(), "HALE_WINDOW=open");
}
