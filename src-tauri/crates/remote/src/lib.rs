//! The HTTP client: discovery, sign-in and FHIR transport.
