use crate::chromium::Page;
use serde_json::Value;

/// What is to be read, each with the contrast to what it stands on (WCAG 2.2, 1.4.3).
const CONTRASTS: &str = r#"
    const luminance = (color) => {
        const parts = color.match(/[\d.]+/g).slice(0, 3).map((part) => part / 255);
        const linear = parts.map((part) =>
            part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    };
    const canvas = document.createElement("i");
    canvas.style.backgroundColor = "Canvas";
    document.documentElement.append(canvas);
    const below = (element) => {
        const color = getComputedStyle(element ?? canvas).backgroundColor;
        return color === "rgba(0, 0, 0, 0)" ? below(element.parentElement) : color;
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const contrasts = [];
    while (texts.nextNode()) {
        const { data, parentElement } = texts.currentNode;
        if (data.trim() === "" || parentElement.getClientRects().length === 0) continue;
        const colors = [getComputedStyle(parentElement).color, below(parentElement)];
        const [dark, light] = colors.map(luminance).sort((one, other) => one - other);
        contrasts.push([data.trim(), (light + 0.05) / (dark + 0.05)]);
    }
    canvas.remove();
    return contrasts;
"#;

/// Fails unless the page has so many texts, and each has the least contrast of WCAG 2.2, 1.4.3.
pub(crate) async fn assert_stands_out(page: &Page, texts: usize, about: &str) {
    let contrasts = page.run(CONTRASTS, vec![]).await;
    let contrasts = contrasts.as_array().unwrap();
    assert!(contrasts.len() >= texts, "{contrasts:?}");
    let is_low = |text: &&Value| text[1].as_f64().unwrap() < 4.5;
    let low: Vec<_> = contrasts.iter().filter(is_low).collect();
    assert!(low.is_empty(), "{about}: {low:?}");
}
