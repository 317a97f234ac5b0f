//! The documents show what runs, and link to what exists.

use std::path::Path;

const README: &str = include_str!("../README.md");

#[test]
fn the_readme_shows_the_axum_example_and_its_dependencies() {
    let program = include_str!("../examples/axum/src/main.rs");
    assert!(README.contains(&format!("```rust,ignore\n{program}```\n")));
    let manifest = include_str!("../examples/axum/Cargo.toml");
    let dependencies = manifest.split("[dependencies]\n").nth(1).unwrap().split("\n\n").next();
    for line in dependencies.unwrap().lines() {
        let published = line.replace("path = \"../..\"", "version = \"0.1\"");
        assert!(README.contains(&format!("\n{published}\n")), "{published}");
    }
}

#[test]
fn the_guide_lists_every_feature() {
    let manifest = include_str!("../Cargo.toml");
    let features = manifest.split("[features]\n").nth(1).unwrap().split("\n[").next().unwrap();
    let names = features.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name);
    let guide = include_str!("../src/guide/features.md");
    for name in names.filter(|name| *name != "default") {
        assert!(guide.contains(&format!("| `{name}` |")), "the feature `{name}` is not listed");
    }
}

#[test]
fn every_file_that_a_document_links_to_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let documents = [
        "README.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "llms.txt",
        "tests/README.md",
        "benches/README.md",
        "examples/demo/README.md",
    ];
    for document in documents.map(|document| root.join(document)) {
        // What is published has not all of them.
        let Ok(text) = std::fs::read_to_string(&document) else { continue };
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
        for target in targets.filter(|target| !target.contains(':') && !target.is_empty()) {
            let exists = document.parent().unwrap().join(target).exists();
            assert!(exists, "{} links to {target}", document.display());
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
    assert!(guide.contains(include_str!("databases/conformance/key_value_store.rs")));
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
