//! Repeat prescriptions: seeing, ordering, following, taking back.

use hale_contracts::outbox::RequestOutcomeView;
use hale_contracts::repeats::{
    FindPharmaciesRequest, OrderRepeatsRequest, OrdersOutcomeView, PharmaciesView,
    RepeatRequestRequest, RepeatRequestView, RepeatsView,
};
use tauri::State;

use super::{Answer, to_view};
use crate::app::App;

#[tauri::command]
pub(crate) async fn get_repeats(app: State<'_, App>) -> Answer<RepeatsView> {
    app.repeats().await.map_err(to_view)
}

#[tauri::command]
pub(crate) async fn get_repeat_request(
    app: State<'_, App>,
    request: RepeatRequestRequest,
) -> Answer<RepeatRequestView> {
    app.repeat_request(request).await.map_err(to_view)
}

#[tauri::command]
pub(crate) async fn order_repeats(
    app: State<'_, App>,
    request: OrderRepeatsRequest,
) -> Answer<OrdersOutcomeView> {
    app.order_repeats(request).await.map_err(to_view)
}

#[tauri::command]
pub(crate) async fn find_pharmacies(
    app: State<'_, App>,
    request: FindPharmaciesRequest,
) -> Answer<PharmaciesView> {
    app.find_pharmacies(request).await.map_err(to_view)
}

#[tauri::command]
pub(crate) async fn cancel_repeat_request(
    app: State<'_, App>,
    request: RepeatRequestRequest,
) -> Answer<RequestOutcomeView> {
    app.cancel_repeat_request(request).await.map_err(to_view)
}
