//! FHIR R4 wire types and lenient reading, without I/O.
