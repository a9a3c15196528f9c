//! The record: lists and items as views.
