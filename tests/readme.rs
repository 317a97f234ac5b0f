//! The README shows what runs.

#[test]
fn the_quickstart_is_the_example_itself() {
    let readme = include_str!("../README.md");
    let quickstart = include_str!("../examples/quickstart.rs");
    assert!(readme.contains(&format!("```rust\n{quickstart}```\n")));
    assert!(quickstart.lines().count() <= 40);
}

#[test]
fn the_readme_and_the_front_page_list_every_feature() {
    let manifest = include_str!("../Cargo.toml");
    let features = manifest.split("[features]\n").nth(1).unwrap().split("\n[").next().unwrap();
    let names = features.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name);
    for name in names.filter(|name| *name != "default") {
        for page in [include_str!("../README.md"), include_str!("../src/lib.rs")] {
            assert!(page.contains(&format!("| `{name}` |")), "the feature `{name}` is not listed");
        }
    }
}
