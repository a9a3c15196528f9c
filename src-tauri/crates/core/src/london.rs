//! Europe/London civil time.
