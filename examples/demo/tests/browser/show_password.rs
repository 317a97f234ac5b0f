use crate::chromium::Chromium;

#[test]
fn a_password_is_shown_on_demand_and_sent_as_one_to_save() {
    const NOTE_TYPE: &str = "
        const input = document.querySelector('#password');
        input.form.addEventListener('submit', () => { sessionStorage.sent = input.type; });
    ";
    let kind = "document.querySelector('#password').type";
    Chromium::DESKTOP.visit(async |page, demo| {
        page.open(&demo.ask_for_link()).await;
        page.shows("Set a new password", 200).await;
        let label = page.value("document.querySelector('#show').labels[0].textContent").await;
        assert_eq!(label, "Show password");
        page.type_into("#password", "password").await;
        assert_eq!(page.value(kind).await, "password");
        page.click("#show").await;
        assert_eq!(page.value(kind).await, "text");
        page.click("#show").await;
        assert_eq!(page.value(kind).await, "password");

        page.click(".toggle").await;
        assert_eq!(page.value(kind).await, "text");
        page.run(NOTE_TYPE, vec![]).await;
        page.click("form[action^='/reset/'] button").await;
        page.shows("Set a new password", 422).await;
        assert_eq!(page.value("sessionStorage.sent").await, "password");
        assert_eq!(page.value(kind).await, "password");
        assert_eq!(page.value("document.querySelector('#show').checked").await, false);
    });
}
