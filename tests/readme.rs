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

#[test]
fn the_guide_quotes_the_statement_of_the_example() {
    let guide = include_str!("../src/guide/bring_your_own_store.md");
    let example = include_str!("../examples/users_table.rs");
    let words =
        |text: &str| text.replace('\\', " ").split_whitespace().collect::<Vec<_>>().join(" ");
    let statement = example.split("COMMIT: &str = \"").nth(1).unwrap().split('"').next().unwrap();
    assert!(statement.starts_with("UPDATE"));
    assert!(words(guide).contains(&words(statement)), "{}", words(statement));
}

#[test]
fn the_guide_shows_the_key_value_store_that_is_tested() {
    let guide = include_str!("../src/guide/bring_your_own_store.md");
    assert!(guide.contains(include_str!("conformance/key_value_store.rs")));
}

#[test]
fn the_guide_tells_of_every_outcome_and_fault() {
    let guide = include_str!("../src/guide/operating.md");
    let outcomes = include_str!("../src/service/outcome.rs").split("pub enum Outcome").nth(1);
    let codes = outcomes.unwrap().lines().chain(include_str!("../src/token/refusal.rs").lines());
    let codes = codes.filter_map(|line| line.trim().strip_prefix("Self::")?.split("=> \"").nth(1));
    let codes = codes.filter_map(|rest| rest.split('"').next());
    let faults = include_str!("../src/service/error.rs").split("pub enum Fault").nth(1).unwrap();
    let faults = faults.split("\n}").next().unwrap().lines().map(str::trim);
    let faults = faults.filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()));
    let words: Vec<_> =
        codes.chain(faults.filter_map(|line| line.split(['(', ',']).next())).collect();
    assert!(words.contains(&"mail_failed") && words.contains(&"changed"), "{words:?}");
    assert!(words.contains(&"UnexplainedConflict"), "{words:?}");
    for word in words {
        assert!(guide.contains(&format!("`{word}`")), "{word}");
    }
}
