//! A file system for SQLite that asks [`crate::met`] before it passes a request on to the real one.
//!
//! All unsafe code of the tests is here. What SQLite promises about the pointers that it passes is in
//! its documentation of `sqlite3_vfs` and `sqlite3_io_methods`.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rusqlite::ffi;

use crate::{Asked, Fault, met};

/// A file of ours. The real one follows it in the same piece of memory.
#[repr(C)]
struct File {
    base: ffi::sqlite3_file,
    path: *mut PathBuf,
}

/// The real file system. SQLite keeps it for the life of the process.
struct Real(*mut ffi::sqlite3_vfs);

// SAFETY: SQLite's file systems may be used from any thread, and this one is never changed.
unsafe impl Send for Real {}
// SAFETY: as above.
unsafe impl Sync for Real {}

static REAL: OnceLock<Real> = OnceLock::new();

/// Puts the shim in front of the default file system, once for the process.
pub(crate) fn register() {
    REAL.get_or_init(|| {
        // SAFETY: both functions may be called at any time; the structure that is registered is
        // never freed and never changed afterwards. A copy keeps the real one's own data, which is
        // all that its other functions look at.
        unsafe {
            let real = ffi::sqlite3_vfs_find(std::ptr::null());
            assert!(!real.is_null(), "SQLite has a file system");
            let mut shim = Box::new(*real);
            let room = (*real).szOsFile as usize + size_of::<File>();
            shim.szOsFile = c_int::try_from(room).expect("a file's structure is small");
            shim.zName = c"hale-faulty-disk".as_ptr();
            shim.pNext = std::ptr::null_mut();
            shim.xOpen = Some(open);
            shim.xDelete = Some(delete);
            let registered = ffi::sqlite3_vfs_register(Box::into_raw(shim), 1);
            assert_eq!(registered, ffi::SQLITE_OK, "SQLite takes the file system");
            Real(real)
        }
    });
}

fn real_vfs() -> *mut ffi::sqlite3_vfs {
    REAL.get().expect("registered before any file is opened").0
}

/// The real file behind one of ours.
///
/// # Safety
/// `file` must be one that [`open`] was called with.
unsafe fn real(file: *mut ffi::sqlite3_file) -> *mut ffi::sqlite3_file {
    // SAFETY: the memory is `szOsFile` long, of which ours is the first part.
    unsafe { file.cast::<File>().add(1).cast() }
}

/// Where a file stands. Empty for one without a name, which never fails.
///
/// # Safety
/// `file` must be one that [`open`] opened and that is not closed yet.
unsafe fn path<'a>(file: *mut ffi::sqlite3_file) -> &'a Path {
    // SAFETY: `open` put a box there, which `close` frees.
    unsafe { &*(*file.cast::<File>()).path }
}

/// Calls a function of the real file.
macro_rules! pass_on {
    ($file:ident, $function:ident $(, $argument:expr)*) => {{
        // SAFETY: SQLite calls this only for a file that `open` opened; the real one is open then,
        // and the arguments are passed on as they came.
        unsafe {
            let real = real($file);
            match (*(*real).pMethods).$function {
                Some(function) => function(real $(, $argument)*),
                None => ffi::SQLITE_IOERR,
            }
        }
    }};
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    // Without memory mapping, which no request could be stopped in.
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

unsafe extern "C" fn open(
    _vfs: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    // SAFETY: a name is null or a text that ends with a zero.
    let path = unsafe { path_of(name) };
    // SAFETY: SQLite gives `szOsFile` bytes; a file without methods counts as closed.
    unsafe { (*file).pMethods = std::ptr::null() };
    let is_made = flags & ffi::SQLITE_OPEN_CREATE != 0 && !path.exists();
    if is_made && met(&path, Asked::MakeOrRemove).is_some() {
        return ffi::SQLITE_CANTOPEN;
    }
    let vfs = real_vfs();
    // SAFETY: the arguments are SQLite's own; only the file is the part of it behind ours.
    let opened = unsafe {
        match (*vfs).xOpen {
            Some(function) => function(vfs, name, real(file), flags, out_flags),
            None => ffi::SQLITE_CANTOPEN,
        }
    };
    // SAFETY: the real file is written by its `xOpen`, also where that failed.
    unsafe {
        if !(*real(file)).pMethods.is_null() {
            (*file.cast::<File>()).path = Box::into_raw(Box::new(path));
            (*file).pMethods = &raw const METHODS;
        }
    }
    opened
}

/// # Safety
/// `name` must be null or a text that ends with a zero.
unsafe fn path_of(name: *const c_char) -> PathBuf {
    if name.is_null() {
        return PathBuf::new();
    }
    // SAFETY: not null, so a text.
    let name = unsafe { CStr::from_ptr(name) };
    PathBuf::from(name.to_string_lossy().into_owned())
}

unsafe extern "C" fn delete(
    _vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    sync_folder: c_int,
) -> c_int {
    // SAFETY: SQLite passes a text.
    let path = unsafe { path_of(name) };
    if met(&path, Asked::MakeOrRemove).is_some() {
        return ffi::SQLITE_IOERR_DELETE;
    }
    let vfs = real_vfs();
    // SAFETY: the arguments are SQLite's own.
    unsafe {
        match (*vfs).xDelete {
            Some(function) => function(vfs, name, sync_folder),
            None => ffi::SQLITE_IOERR_DELETE,
        }
    }
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    let closed = pass_on!(file, xClose);
    // SAFETY: `open` made the box, and SQLite closes a file once.
    unsafe {
        drop(Box::from_raw((*file.cast::<File>()).path));
        (*file).pMethods = std::ptr::null();
    }
    closed
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    into: *mut c_void,
    amount: c_int,
    offset: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: the file is open.
    if met(unsafe { path(file) }, Asked::Read).is_some() {
        return ffi::SQLITE_IOERR_READ;
    }
    pass_on!(file, xRead, into, amount, offset)
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    from: *const c_void,
    amount: c_int,
    offset: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: the file is open.
    match met(unsafe { path(file) }, Asked::Write) {
        Some(Fault::Full) => ffi::SQLITE_FULL,
        Some(Fault::ShortWrite) => {
            // What the real one says of its half is no longer of interest.
            pass_on!(file, xWrite, from, amount / 2, offset);
            ffi::SQLITE_IOERR_WRITE
        }
        Some(_) => ffi::SQLITE_IOERR_WRITE,
        None => pass_on!(file, xWrite, from, amount, offset),
    }
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: ffi::sqlite3_int64) -> c_int {
    pass_on!(file, xTruncate, size)
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, flags: c_int) -> c_int {
    // SAFETY: the file is open.
    if met(unsafe { path(file) }, Asked::Sync).is_some() {
        return ffi::SQLITE_IOERR_FSYNC;
    }
    pass_on!(file, xSync, flags)
}

unsafe extern "C" fn file_size(
    file: *mut ffi::sqlite3_file,
    size: *mut ffi::sqlite3_int64,
) -> c_int {
    pass_on!(file, xFileSize, size)
}

unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    pass_on!(file, xLock, level)
}

unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    pass_on!(file, xUnlock, level)
}

unsafe extern "C" fn check_reserved_lock(
    file: *mut ffi::sqlite3_file,
    is_held: *mut c_int,
) -> c_int {
    pass_on!(file, xCheckReservedLock, is_held)
}

unsafe extern "C" fn file_control(
    file: *mut ffi::sqlite3_file,
    operation: c_int,
    argument: *mut c_void,
) -> c_int {
    pass_on!(file, xFileControl, operation, argument)
}

unsafe extern "C" fn sector_size(file: *mut ffi::sqlite3_file) -> c_int {
    pass_on!(file, xSectorSize)
}

unsafe extern "C" fn characteristics(file: *mut ffi::sqlite3_file) -> c_int {
    pass_on!(file, xDeviceCharacteristics)
}

unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    region: c_int,
    size: c_int,
    may_grow: c_int,
    memory: *mut *mut c_void,
) -> c_int {
    // SAFETY: the file is open.
    let log_index = unsafe { path(file) }.with_extension("db-shm");
    // Memory of the log's index is backed by a file, which needs room.
    let is_new = may_grow != 0 && !log_index.exists();
    // SAFETY: as above.
    if may_grow != 0 && met(unsafe { path(file) }, Asked::Grow).is_some() {
        return ffi::SQLITE_IOERR_SHMSIZE;
    }
    if is_new && met(&log_index, Asked::MakeOrRemove).is_some() {
        return ffi::SQLITE_CANTOPEN;
    }
    pass_on!(file, xShmMap, region, size, may_grow, memory)
}

unsafe extern "C" fn shm_lock(
    file: *mut ffi::sqlite3_file,
    offset: c_int,
    count: c_int,
    flags: c_int,
) -> c_int {
    pass_on!(file, xShmLock, offset, count, flags)
}

unsafe extern "C" fn shm_barrier(file: *mut ffi::sqlite3_file) {
    // SAFETY: as `pass_on`; this one answers nothing.
    unsafe {
        let real = real(file);
        if let Some(function) = (*(*real).pMethods).xShmBarrier {
            function(real);
        }
    }
}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, remove: c_int) -> c_int {
    pass_on!(file, xShmUnmap, remove)
}
