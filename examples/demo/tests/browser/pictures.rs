use crate::chromium::Chromium;
use crate::mails;
use std::path::Path;
use std::{env, fs};

/// Checks the picture's size, and keeps it where there is a folder for it.
fn keep(name: &str, picture: &[u8], size: [u32; 2]) {
    // The size stands at a fixed place of every PNG.
    assert_eq!(picture[16..24], size.map(u32::to_be_bytes).concat());
    if let Some(folder) = env::var_os("DEMO_PICTURES") {
        fs::create_dir_all(&folder).unwrap();
        fs::write(Path::new(&folder).join(name), picture).unwrap();
    }
}

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
        keep(name, &page.screenshot().await, size);
    });
}

#[test]
fn the_live_checklist_is_pictured_on_a_desktop_in_light() {
    let chromium = Chromium { width: 640, height: 820, scale: 2, ..Chromium::DESKTOP };
    picture("screenshot-desktop.png", chromium, true);
}

#[test]
fn the_live_checklist_is_pictured_on_a_phone_in_the_dark() {
    let chromium = Chromium { height: 830, scale: 2, is_dark: true, ..Chromium::PHONE };
    picture("screenshot-phone.png", chromium, false);
}

/// The mail with a link, as high as it is.
fn mail_picture(name: &str, chromium: Chromium, language: &str) {
    let html = mails::link_mail(language, "Demo", "alice@example.com");
    let Chromium { width, scale, .. } = chromium;
    chromium.visit(async |page, _| {
        mails::open(page, &html).await;
        let height = page.value("document.documentElement.scrollHeight").await.as_u64().unwrap();
        let height = u32::try_from(height).unwrap();
        let whole = Chromium { height, ..chromium };
        page.emulate(&whole).await;
        let picture = page.screenshot().await;
        keep(name, &picture, [width, height].map(|length| length * scale));
    });
}

#[test]
fn the_mail_is_pictured_in_light() {
    mail_picture("mail-light.png", Chromium { scale: 2, ..mails::WIDE }, "en");
}

#[test]
fn the_mail_is_pictured_in_the_dark() {
    mail_picture("mail-dark.png", Chromium { scale: 2, is_dark: true, ..mails::WIDE }, "en");
}

#[test]
fn the_mail_is_pictured_on_a_phone_from_right_to_left() {
    mail_picture("mail-phone-ar.png", Chromium { height: 100, scale: 2, ..Chromium::PHONE }, "ar");
}
