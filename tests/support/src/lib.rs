//! What the acceptance tests share: the app without its window, over HTTP.
