//! Every remaining state, through the mock's scenarios, each with a picture.
