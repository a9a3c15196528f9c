//! The backend as clients meet it: over real HTTP.

mod actors;
mod appointments;
mod client;
mod console;
mod faults;
mod fhir;
mod hostile;
mod repeats;
mod sign_in;
mod tls;
mod writes;
