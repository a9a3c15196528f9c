//! Fifty kills, as part of every run of the tests.

#[test]
fn nothing_is_lost_or_doubled_however_often_the_app_is_killed() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_hale-soak"))
        .args(["--kills", "50", "--seed", "7"])
        .output()
        .expect("the program starts");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
