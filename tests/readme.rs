//! The documents show what runs, and link to what exists.

use std::fs;
use std::path::Path;

const README: &str = include_str!("../README.md");

/// Reads a file of the repository. What is published has not all of them.
fn read(path: &str) -> Option<String> {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).ok()
}

#[test]
fn the_readme_shows_the_axum_example_and_its_dependencies() {
    let [Some(program), Some(manifest)] =
        ["examples/axum/src/main.rs", "examples/axum/Cargo.toml"].map(read)
    else {
        return;
    };
    assert!(README.contains(&format!("```rust,ignore\n{program}```\n")));
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
fn every_file_that_a_document_names_exists() {
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
    let guides = fs::read_dir(root.join("src/guide")).unwrap();
    let guides = guides.map(|file| format!("src/guide/{}", file.unwrap().file_name().display()));
    let guides = guides.filter(|path| path != "src/guide/mod.rs");
    for document in documents.map(str::to_owned).into_iter().chain(guides) {
        let Some(text) = read(&document) else { continue };
        let folder = root.join(&document);
        let folder = folder.parent().unwrap();
        let links = text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
        for link in links.filter(|link| !link.contains(':') && !link.is_empty()) {
            assert!(folder.join(link).exists(), "{document} links to {link}");
        }
        let quoted = text.split('`').skip(1).step_by(2);
        let is_path = |text: &&str| {
            let is_inside = ["src/", "tests/", "examples/", "benches/"];
            is_inside.iter().any(|start| text.starts_with(start))
                && !text.contains([' ', '*', '{', '…', '\n'])
        };
        for path in quoted.filter(is_path) {
            let is_made = path == "tests/explore/fuzz/artifacts";
            let exists = is_made || root.join(path).exists() || folder.join(path).exists();
            assert!(exists, "{document} names {path}");
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
