//! Every page, light and dark, in what assistive programs are told of it.

use crate::chromium::{Chromium, Page};
use crate::contrast::assert_stands_out;
use crate::environment;
use crate::tour::tour;
use serde_json::{Value, json};
use std::fs;

#[test]
fn on_every_page_all_that_is_to_be_read_stands_out_in_light_and_dark() {
    for is_dark in [false, true] {
        let chromium = Chromium { is_dark, ..Chromium::DESKTOP };
        chromium.visit(async |page, demo| {
            tour(page, demo, async |name| {
                assert_stands_out(page, 2, &format!("{name}, dark: {is_dark}")).await;
            })
            .await;
        });
    }
}

/// How many rules had something to look at, and the elements in which one is violated, or may be.
const AXE: &str = r"
    const done = arguments[arguments.length - 1];
    axe.run(document).then(({ passes, violations, incomplete }) => {
        const say = ({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`);
        done([passes.length, violations.concat(incomplete).flatMap(say)]);
    });
";

#[test]
fn axe_finds_no_violation_on_any_page_in_light_and_dark() {
    let Some(axe) = environment::url("TEST_AXE") else { return };
    let axe = fs::read_to_string(axe).unwrap();
    for is_dark in [false, true] {
        let chromium = Chromium { is_dark, ..Chromium::DESKTOP };
        chromium.visit(async |page, demo| {
            tour(page, demo, async |name| {
                page.run(&axe, vec![]).await;
                let found = page.run_async(AXE, vec![]).await;
                assert!(found[0].as_u64().unwrap() > 10, "{name}: {found}");
                assert_eq!(found[1], json!([]), "{name}, dark: {is_dark}");
            })
            .await;
        });
    }
}

/// What assistive programs are told of: the role, name and description of each, in no order.
struct Tree(Value);

impl Tree {
    async fn read(page: &Page) -> Self {
        Self(page.devtools("Accessibility.getFullAXTree", json!({})).await)
    }

    /// The names and descriptions of all that have this role.
    fn all(&self, role: &str) -> Vec<[&str; 2]> {
        let nodes = self.0["nodes"].as_array().unwrap().iter();
        let nodes = nodes.filter(|node| node["ignored"] != true && node["role"]["value"] == role);
        let texts =
            nodes.map(|node| ["name", "description"].map(|key| node[key]["value"].as_str()));
        texts.map(|texts| texts.map(Option::unwrap_or_default)).collect()
    }

    fn texts(&self) -> Vec<&str> {
        self.all("StaticText").into_iter().map(|[name, _]| name).collect()
    }
}

#[test]
fn assistive_programs_are_told_of_the_field_the_checklist_and_the_progress() {
    Chromium::DESKTOP.visit(async |page, demo| {
        page.open(&demo.ask_for_link()).await;
        page.shows("Set a new password", 200).await;
        let tree = Tree::read(page).await;
        let needs = "It needs: At least 8 characters At least one number At least one lower-case \
                     letter At least one upper-case letter";
        assert_eq!(tree.all("textbox"), [["New password", needs]]);
        assert_eq!(tree.all("list"), [["It needs:", ""]]);
        assert_eq!(tree.all("listitem").len(), 4, "what is not shown is not told");
        assert_eq!(tree.all("status"), [["", ""]]);
        assert_eq!(tree.all("checkbox"), [["Show password", ""]]);
        assert_eq!(tree.all("button"), [["Set password", ""]]);
        assert_eq!(tree.all("heading"), [["Set a new password", ""]]);
        for landmark in ["banner", "main", "contentinfo"] {
            assert_eq!(tree.all(landmark).len(), 1, "{landmark}");
        }
        assert_eq!(tree.all("alert"), [["", ""]; 0]);

        page.type_into("#password", "Word").await;
        let tree = Tree::read(page).await;
        let needs = "It needs: Missing: At least 8 characters Missing: At least one number Met: \
                     At least one lower-case letter Met: At least one upper-case letter";
        assert_eq!(tree.all("textbox"), [["New password", needs]]);
        let progress = "Missing: at least 8 characters, at least one number";
        assert!(tree.texts().contains(&progress), "{:?}", tree.texts());

        page.click("form button").await;
        page.shows("Set a new password", 422).await;
        let tree = Tree::read(page).await;
        let needs = "It needs: Missing: Use at least 8 characters. Missing: Use at least one \
                     number. Met: At least one lower-case letter Met: At least one upper-case letter";
        assert_eq!(tree.all("textbox"), [["New password", needs]]);
        assert_eq!(tree.all("alert").len(), 1);
        let is_said = |text: &&str| text.starts_with("Your password was not changed.");
        assert!(tree.texts().iter().any(is_said), "{:?}", tree.texts());
        let title = tree.all("RootWebArea")[0][0];
        assert_eq!(title, "Error: Set a new password – Demo");
    });
}
