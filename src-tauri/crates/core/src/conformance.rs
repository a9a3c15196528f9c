//! The laws of the stores, as functions that every implementation is run through.
//!
//! Each law takes empty stores and panics where one breaks it. Owns no store and no runtime.

mod cache;
mod chance;
mod news;
mod own;
mod readings;

pub use cache::{
    a_check_of_changes_takes_nothing_away, a_list_is_in_its_order, a_refused_unit_loses_its_rows,
    a_removed_entry_leaves_a_note, contents, only_changed_content_is_news,
    search_finds_every_word_as_a_prefix, sources_are_apart, units_stand_as_they_were_left,
};
pub use chance::{actions, any_split_ends_the_same, applying_twice_is_once};
pub use news::{
    a_first_reading_is_no_news, a_look_at_a_part_begins_the_news,
    marks_are_the_difference_since_the_last_look,
};
pub use own::{a_booking_is_kept_once, notes_and_marks_are_replaced, requests_keep_their_order};
pub use readings::{
    a_whole_reading_takes_away_what_it_did_not_meet, an_entry_is_not_replaced_by_what_refers_to_it,
    an_older_page_replaces_nothing_newer, what_arrived_after_the_run_began_is_not_dropped,
};

/// Makes a test of each law of [`Cache`](crate::ports::Cache) and [`Own`](crate::ports::Own), to be
/// called inside a module. The argument is an `async fn() -> (impl Cache, impl Own, Keep)` that
/// answers empty stores, with whatever must outlive them.
#[macro_export]
macro_rules! store_conformance {
    ($make:path) => {
        $crate::store_conformance!(@cache $make:
            a_check_of_changes_takes_nothing_away
            a_first_reading_is_no_news
            a_list_is_in_its_order
            a_look_at_a_part_begins_the_news
            a_refused_unit_loses_its_rows
            a_removed_entry_leaves_a_note
            a_whole_reading_takes_away_what_it_did_not_meet
            an_entry_is_not_replaced_by_what_refers_to_it
            an_older_page_replaces_nothing_newer
            only_changed_content_is_news
            search_finds_every_word_as_a_prefix
            sources_are_apart
            units_stand_as_they_were_left
            what_arrived_after_the_run_began_is_not_dropped
        );
        $crate::store_conformance!(@own $make:
            a_booking_is_kept_once
            notes_and_marks_are_replaced
            requests_keep_their_order
        );
    };
    (@cache $make:path: $($law:ident)*) => {$(
        #[tokio::test]
        async fn $law() {
            let (cache, _own, _keep) = $make().await;
            $crate::conformance::$law(&cache).await;
        }
    )*};
    (@own $make:path: $($law:ident)*) => {$(
        #[tokio::test]
        async fn $law() {
            let (_cache, own, _keep) = $make().await;
            $crate::conformance::$law(&own).await;
        }
    )*};
}
