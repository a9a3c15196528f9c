//! Points Tauri's default paths back to this layout, and makes the list of permitted commands.

fn main() {
    // The context needs the folder to exist; `cargo xtask ui` fills it.
    if let Err(error) = std::fs::create_dir_all("src-ui/dist") {
        println!("cargo::warning=could not make src-ui/dist: {error}");
    }
    // The files are read while the shell compiles, but neither cargo nor Tauri knows that: without
    // this line a new window would stay outside the program.
    println!("cargo::rerun-if-changed=src-ui/dist");
    let manifest = tauri_build::AppManifest::new()
        .permissions_path_pattern("./src-tauri/permissions/**/*.toml");
    let attributes = tauri_build::Attributes::new().app_manifest(manifest);
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo::error={error:#}");
        std::process::exit(1);
    }
}
