//! The small drawings: those of the design system's components, and Hale's own for navigation.

use leptos::prelude::*;

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Picture {
    /// An arrow to the right in a filled circle.
    ArrowRightCircle,
    /// A chevron to the right in a filled circle.
    ChevronRightCircle,
    /// A house.
    Home,
    /// A calendar sheet.
    Calendar,
    /// A folder.
    Folder,
    /// A question mark in a speech bubble.
    Help,
    /// Sliders.
    Sliders,
}

impl Picture {
    fn name(self) -> &'static str {
        match self {
            Self::ArrowRightCircle => "arrow-right-circle",
            Self::ChevronRightCircle => "chevron-right-circle",
            Self::Home => "home",
            Self::Calendar => "calendar",
            Self::Folder => "folder",
            Self::Help => "help",
            Self::Sliders => "sliders",
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::ArrowRightCircle => {
                "M12 2a10 10 0 0 0-10 9h11.7l-4-4a1 1 0 0 1 1.5-1.4l5.6 5.7a1 1 0 0 1 0 1.4l-5.6 5.7a1 1 0 0 1-1.5 0 1 1 0 0 1 0-1.4l4-4H2A10 10 0 1 0 12 2z"
            }
            Self::ChevronRightCircle => {
                "M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20Zm-.3 5.8a1 1 0 1 0-1.5 1.4l2.9 2.8-2.9 2.8a1 1 0 0 0 1.5 1.4l3.5-3.5c.4-.4.4-1 0-1.4Z"
            }
            Self::Home => {
                "M12 3.2 2.6 11a1 1 0 0 0 1.3 1.6l.6-.5V20a1 1 0 0 0 1 1H10v-6h4v6h4.500a1 1 0 0 0 1-1v-7.900l.6.5a1 1 0 0 0 1.300-1.600z"
            }
            Self::Calendar => {
                "M7 2a1 1 0 0 1 1 1v1h8V3a1 1 0 1 1 2 0v1h1a2 2 0 0 1 2 2v13a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2h1V3a1 1 0 0 1 1-1Zm12 8H5v9h14z"
            }
            Self::Folder => {
                "M4 4h5.600a1 1 0 0 1 .7.3L12 6h8a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2Zm3 7a1 1 0 1 0 0 2h10a1 1 0 1 0 0-2Zm0 4a1 1 0 1 0 0 2h6a1 1 0 1 0 0-2Z"
            }
            Self::Help => {
                "M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20Zm0 13.500a1.250 1.250 0 1 0 0 2.500 1.250 1.250 0 0 0 0-2.500ZM12 6c-2 0-3.600 1.300-3.800 3.300a1 1 0 0 0 2 .2c.1-.9.8-1.500 1.800-1.500s1.800.6 1.800 1.500c0 .7-.4 1.100-1.200 1.700-.9.6-1.600 1.300-1.600 2.500a1 1 0 0 0 2 0c0-.3.2-.5.8-.9 1-.7 2-1.600 2-3.300C15.800 7.400 14.200 6 12 6Z"
            }
            Self::Sliders => {
                "M15 4a3 3 0 0 1 2.800 2H21a1 1 0 1 1 0 2h-3.200a3 3 0 0 1-5.600 0H3a1 1 0 0 1 0-2h9.200A3 3 0 0 1 15 4ZM9 14a3 3 0 0 1 2.800 2H21a1 1 0 1 1 0 2h-9.200a3 3 0 0 1-5.600 0H3a1 1 0 1 1 0-2h3.200A3 3 0 0 1 9 14Z"
            }
        }
    }
}

/// A drawing beside words; never the only carrier of a meaning, so hidden from screen readers.
#[component]
pub(crate) fn Icon(
    /// What is drawn.
    picture: Picture,
) -> impl IntoView {
    view! {
        <svg
            class=format!("nhsuk-icon nhsuk-icon--{}", picture.name())
            xmlns="http://www.w3.org/2000/svg"
            viewBox="0 0 24 24"
            width="16"
            height="16"
            focusable="false"
            aria-hidden="true"
        >
            <path d=picture.path()></path>
        </svg>
    }
}
