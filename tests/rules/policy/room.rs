//! The files of the policy import each other without a cycle.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The files that each file imports, by their names.
fn imports() -> BTreeMap<String, Vec<String>> {
    let room = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/policy");
    let files = fs::read_dir(room).unwrap().map(|file| file.unwrap().path());
    let files = files.filter(|file| file.extension().is_some_and(|of| of == "rs"));
    let imports = files.map(|file| {
        let text = fs::read_to_string(&file).unwrap();
        let code = text.split("mod tests").next().unwrap().lines().map(str::trim_start);
        let code = code.filter(|line| !line.starts_with("//")).collect::<Vec<_>>().join("\n");
        // Either `super::name` or `super::{name, other::{…}}`, all of which are modules.
        let paths = code.split("super::").skip(1).flat_map(|path| {
            let grouped = path.strip_prefix('{').and_then(|names| names.split_once("};"));
            let names = grouped.map_or(path, |(names, _)| names);
            let count = if grouped.is_some() { usize::MAX } else { 1 };
            names.split([',', '\n']).take(count).map(first_name).collect::<Vec<_>>()
        });
        (file.file_stem().unwrap().to_str().unwrap().to_owned(), paths.collect())
    });
    imports.collect()
}

fn first_name(path: &str) -> String {
    path.trim().chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect()
}

#[test]
fn no_two_files_need_each_other() {
    let mut imports = imports();
    assert!(imports.len() > 20 && imports["builder"].contains(&"rules".to_owned()));
    assert!(imports["mod"].is_empty(), "it re-exports and has nothing of its own");
    // Files that import nothing which is left are taken away until none is left.
    while !imports.is_empty() {
        let left: Vec<_> = imports.keys().cloned().collect();
        let before = imports.len();
        imports.retain(|_, needed| needed.iter().any(|name| left.contains(name)));
        assert!(imports.len() < before, "these files need each other: {imports:?}");
    }
}
