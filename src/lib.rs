//! Luodi 落地 — may this industrial project be supplied with land where it wants to stand?
//!
//! A functional core and a thin window: values in, values out, one writer. The map of the house, the table of
//! who may use whom, one site's way from file to paper and the glossary are in `ARCHITECTURE.md`; `tests/architecture.rs`
//! holds the walls.
//!
//! Rooms, from the ground up: [`text`] words · [`task`] background work · [`geom`] shapes on the plane in metres ·
//! [`crs`] reference systems · [`model`] everything that is kept · [`rules`] the precheck · [`tracking`] targets ·
//! [`edit`] edits as values · [`document`] snapshot and history · [`io`] bytes in, bytes out · [`workspace`] the
//! `.gpkg` workspace · [`scene`] what a map shows · [`sheet`] pages for people · [`job`] use cases both faces
//! share · [`cli`] the command line · `app` the window.
//!
//! # What holds
//!
//! Each invariant with the tests that hold it: `subject::test` stands in `tests/<subject>.rs`, `room/file: test` beside
//! the code. What no test holds yet is said.
//!
//! 1. **Inside, coordinates are metres of the workspace's plane.** Degrees, other zones and swapped axes end at the doors,
//!    [`crs`] and [`io`]. `reading::a_declared_system_with_swapped_axes_is_put_right_and_said`,
//!    `reading::old_datums_are_refused_and_a_wrong_zone_is_said`, `crs/tests: series_agrees_with_proj_to_10_nm`,
//!    `workspace/tests: what_is_no_workspace_is_refused_with_what_to_do`.
//! 2. **A [`geom::Shape`] is finite, valid, oriented and has area**, checked or mended part by part by [`geom`] alone; nothing
//!    else is computed with. `geometry_laws::mended_once_is_mended`, `geometry_laws::overlays_on_a_lattice_are_sound`,
//!    `geom/mend/tests`, `edit/tests: rings_that_are_no_sound_area_are_kept_but_are_no_shape`.
//! 3. **A layer is a packed base that never changes, and few edits beside it**; a snapshot shares both, values keep their
//!    meaning. `document/tests: a_snapshot_stays_what_it_was`, `reading::values_keep_their_meaning`,
//!    `model/value: codes_keep_their_zeros_and_null_is_not_empty`, `geom/live_index: finds_what_is_there_and_not_what_was_taken_out`.
//!    What a million parcels cost in memory: not yet held by a test.
//! 4. **An edit is data**: applying a [`model::Change`] gives the one that takes it back; ids are never used twice and are kept
//!    through saving. `document/tests: what_takes_a_change_back_takes_all_of_it_back`, `history_is_a_walk_on_a_line_of_states`,
//!    `ids_are_never_given_out_twice_whatever_is_undone`; `job/workspace: a_drawn_site_is_saved_and_there_again_and_its_ids_stay_taken`.
//! 5. **What is half drawn belongs to its tool, what is finished to the document**; a gesture is one change.
//!    `window::a_site_is_drawn_by_clicks_and_checked_at_once`.
//! 6. **Measure first, judge after**: [`rules::Facts`] holds every number, each rule gives exactly one finding, what cannot be
//!    answered is *unknown* and never a pass. `cases::every_case_is_answered_as_expected`,
//!    `rules/case: every_combination_has_exactly_one_letter_and_it_is_the_tables`, `sample::every_site_gets_the_verdict_it_was_made_for`.
//! 7. **Same data, rule set, program and date: the same bytes**, whatever the threads and the order of the layers.
//!    `checking::answers_are_the_same_for_any_number_of_threads_and_come_in_order`,
//!    `checking::the_order_of_clusters_and_layers_changes_nothing`, `command_check::the_same_bytes_whatever_the_threads_and_shards`,
//!    `sheet::the_same_request_gives_the_same_bytes`, `architecture::what_decides_sees_no_clock_no_setting_and_no_hash_order`.
//!    That platforms agree: not yet held by a test.
//! 8. **Panels read and ask; `App` alone writes**, at one moment of the frame (panels get `&State`, so the compiler holds it).
//!    Every command stands in one table: `app/command: every_command_has_a_name_and_no_key_is_given_twice`.
//! 9. **Long work runs on a snapshot, is cancelled by dropping it, and ends in a result or a notice.**
//!    `task: dropping_a_task_cancels_it`, `task: a_panic_becomes_a_crash_with_its_words`, `checking::a_cancelled_batch_says_so`.
//!    That nothing on the window's thread takes longer than a frame: not yet held by a test.
//! 10. **A reader is a function of bytes and never panics; no source file is ever written to.** `broken_bytes`,
//!     `command_line::inputs_are_never_changed`, `io/files: an_input_and_its_siblings_are_never_an_output`.
//! 11. **A file is replaced whole or not at all.** `io/files: an_output_is_replaced_whole_or_not_at_all`,
//!     `workspace/tests: a_saving_that_fails_or_is_cancelled_leaves_the_old_file`. A journal of commits is not built.
//! 12. **The map on screen and the map on paper are one [`scene`].** On paper: `sheet::checked_sites_show_their_pieces_and_the_legend_explains_them`.
//!     That the window shows the same: not yet held by a test.
//!
//! And a wrong "inside" is the worst failure: `corpus_overlay` compares areas and verdicts with files that others computed
//! (`make test-corpus`), `geometry_laws` with laws that hold for all shapes.

#![forbid(unsafe_op_in_unsafe_fn)]

pub mod cli;
pub mod crs;
pub mod document;
pub mod edit;
pub mod geom;
pub mod io;
pub mod job;
pub mod model;
pub mod rules;
pub mod scene;
pub mod sheet;
pub mod task;
pub mod text;
pub mod tracking;
pub mod workspace;

#[cfg(feature = "app")]
pub mod app;
