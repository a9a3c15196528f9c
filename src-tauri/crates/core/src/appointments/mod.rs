//! Appointments: seeing, finding and booking them.
