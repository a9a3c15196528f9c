//! What the window and the shell say to each other.
