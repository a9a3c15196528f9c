//! Reading the record.

use hale_contracts::changes::SectionShownRequest;
use hale_contracts::record::{
    RecordItemRequest, RecordItemView, RecordSectionRequest, RecordSectionView, RecordSummaryView,
    SearchRecordRequest, SearchRecordView,
};
use tauri::State;

use super::{Answer, to_view};
use crate::app::App;

#[tauri::command]
pub(crate) async fn get_record_summary(app: State<'_, App>) -> Answer<RecordSummaryView> {
    app.record_summary().await.map_err(to_view)
}

#[tauri::command]
pub(crate) async fn get_record_section(
    app: State<'_, App>,
    request: RecordSectionRequest,
) -> Answer<RecordSectionView> {
    app.record_section(request).await.map_err(to_view)
}

#[tauri::command]
pub(crate) async fn get_record_item(
    app: State<'_, App>,
    request: RecordItemRequest,
) -> Answer<RecordItemView> {
    app.record_item(request).await.map_err(to_view)
}

#[tauri::command]
pub(crate) async fn section_shown(app: State<'_, App>, request: SectionShownRequest) -> Answer<()> {
    app.section_shown(request).await.map_err(to_view)
}

#[tauri::command]
pub(crate) async fn search_record(
    app: State<'_, App>,
    request: SearchRecordRequest,
) -> Answer<SearchRecordView> {
    app.search_record(request).await.map_err(to_view)
}
