use crate::chromium::Chromium;
use std::path::Path;
use std::{env, fs};

/// The reset page while somebody types.
fn picture(name: &str, chromium: Chromium, shows_password: bool) {
    let size = [chromium.width, chromium.height].map(|length| length * chromium.scale);
    chromium.visit(async |page, demo| {
        page.open(&demo.ask_for_link()).await;
        page.shows("Set a new password", 200).await;
        if shows_password {
            page.click("#show").await;
        }
        page.type_into("#password", "Looking").await;
        let met = page.checklist().await.iter().filter_map(|item| item.met).collect::<Vec<_>>();
        assert_eq!(met, [false, false, true, true, true, true]);
        let picture = page.screenshot().await;
        // The size stands at a fixed place of every PNG.
        assert_eq!(picture[16..24], size.map(u32::to_be_bytes).concat());
        if let Some(folder) = env::var_os("DEMO_PICTURES") {
            fs::create_dir_all(&folder).unwrap();
            fs::write(Path::new(&folder).join(name), picture).unwrap();
        }
    });
}

#[test]
fn the_live_checklist_is_pictured_on_a_desktop_in_light() {
    let chromium = Chromium { width: 640, height: 760, scale: 2, ..Chromium::DESKTOP };
    picture("screenshot-desktop.png", chromium, true);
}

#[test]
fn the_live_checklist_is_pictured_on_a_phone_in_the_dark() {
    let chromium = Chromium { height: 760, scale: 2, is_dark: true, ..Chromium::PHONE };
    picture("screenshot-phone.png", chromium, false);
}
