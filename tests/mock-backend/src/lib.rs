//! An NHS-style FHIR R4 and SMART backend for testers.
