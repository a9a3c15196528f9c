//! The small table of terms that records are made of. SNOMED CT, dm+d and LOINC codes are given
//! only where they are well known; everything else is in words alone, as in many real records.

mod allergies;
mod medicines;
mod panels;
mod problems;
mod procedures;
mod vaccines;

pub(crate) use allergies::{ALLERGIES, AllergyTerm};
pub(crate) use medicines::{MedicineTerm, medicine_term};
pub(crate) use panels::{Analyte, Panel, panel};
pub(crate) use problems::{ILLNESSES, PROBLEMS};
pub(crate) use procedures::PROCEDURES;
pub(crate) use vaccines::{COVID, FLU, VACCINES};
