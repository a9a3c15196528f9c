//! The rules of Hale: views, sync plan and operations, without I/O.
