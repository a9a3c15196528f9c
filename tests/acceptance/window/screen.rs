//! Pictures of the virtual screen. The window itself is not asked: one that has nothing new to paint
//! gives no picture. The screen keeps what was last painted in a file, in the X window dump format
//! (`XWDFile.h`, version 7).

use std::path::Path;

use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    ClientMessageEvent, ConnectionExt, EventMask, InputFocus, MapState, Window,
};
use x11rb::rust_connection::RustConnection;

/// Bytes of the format's fixed fields.
const FIELDS: usize = 100;

/// Bytes of one colour of the map that stands before the pixels.
const COLOUR: usize = 12;

/// What is painted on the screen's upper left corner, as rows of red, green and blue.
#[derive(PartialEq, Eq)]
pub(crate) struct Picture {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

impl Picture {
    /// Takes it from the screen's file.
    ///
    /// # Panics
    /// If the file is no dump of a screen of 32 bits a pixel, or is smaller than what is asked for.
    pub(crate) fn take(screen: &Path, width: u32, height: u32) -> Self {
        let dump = std::fs::read(screen).expect("the screen's file");
        assert!(dump.len() > FIELDS, "the screen's file has no header");
        let field = |at: usize| {
            let bytes = dump[at * 4..at * 4 + 4].try_into().expect("four bytes");
            u32::from_be_bytes(bytes)
        };
        let (header, version) = (field(0), field(1));
        let (screen_width, screen_height) = (field(4), field(5));
        let (is_little_end_last, bits, line) = (field(7), field(11), field(12));
        let colours = field(19);
        assert_eq!((version, bits, is_little_end_last), (7, 32, 0));
        assert!(
            width <= screen_width && height <= screen_height,
            "{width} x {height} does not fit on {screen_width} x {screen_height}"
        );
        let first = header as usize + colours as usize * COLOUR;
        let mut pixels = Vec::with_capacity((width * height * 3) as usize);
        for y in 0..height as usize {
            let row = first + y * line as usize;
            for pixel in dump[row..row + width as usize * 4].chunks_exact(4) {
                // Blue first, as on every screen of depth 24 whose least significant byte is first.
                pixels.extend([pixel[2], pixel[1], pixel[0]]);
            }
        }
        Self {
            width,
            height,
            pixels,
        }
    }

    /// Keeps it as PNG.
    pub(crate) fn keep(&self, file: &Path) {
        let file = std::fs::File::create(file).expect("the gallery takes a picture");
        let mut encoder = png::Encoder::new(std::io::BufWriter::new(file), self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().expect("a PNG header");
        writer
            .write_image_data(&self.pixels)
            .expect("the pixels fit the header");
        writer.finish().expect("the picture is whole");
    }
}

/// Gives the keyboard to the largest window on the screen, as a window manager would: without it a
/// page does not show where its focus is.
pub(crate) fn give_keyboard() {
    let (connection, window) = largest_window();
    connection
        .set_input_focus(InputFocus::PARENT, window, x11rb::CURRENT_TIME)
        .expect("a request")
        .check()
        .expect("the window takes the keyboard");
}

/// Asks the largest window on the screen to close, as the button in its title bar does
/// (`WM_DELETE_WINDOW` of the Inter-Client Communication Conventions Manual, section 4.2.8).
pub(crate) fn ask_to_close() {
    let (connection, window) = largest_window();
    let named = |name: &[u8]| {
        let reply = connection.intern_atom(false, name).expect("a question");
        reply.reply().expect("a name").atom
    };
    let what = [named(b"WM_DELETE_WINDOW"), x11rb::CURRENT_TIME, 0, 0, 0];
    let message = ClientMessageEvent::new(32, window, named(b"WM_PROTOCOLS"), what);
    connection
        .send_event(false, window, EventMask::NO_EVENT, message)
        .expect("a request")
        .check()
        .expect("the window is told");
}

/// The app's window: what else is there is small, or no person sees it.
fn largest_window() -> (RustConnection, Window) {
    let (connection, screen) = x11rb::connect(None).expect("the virtual screen");
    let root = connection.setup().roots[screen].root;
    let windows = connection
        .query_tree(root)
        .expect("a question")
        .reply()
        .expect("the windows");
    let largest = windows
        .children
        .into_iter()
        .filter_map(|window| {
            let attributes = connection
                .get_window_attributes(window)
                .ok()?
                .reply()
                .ok()?;
            let place = connection.get_geometry(window).ok()?.reply().ok()?;
            (attributes.map_state == MapState::VIEWABLE)
                .then_some((u32::from(place.width) * u32::from(place.height), window))
        })
        .max();
    let (_, window) = largest.expect("a window on the screen");
    (connection, window)
}
