//! A program on a device on which no link opens: its user types the code from the email.
//!
//! With the demo running: `cargo run -p demo --example native_app -- http://127.0.0.1:3000`

use serde_json::{Value, json};
use std::io::{Write, stdin, stdout};
use ureq::Agent;

/// Resets a password with the JSON API alone. `ask` shows a sentence and returns what is typed.
pub(crate) fn reset_password(
    site: &str,
    mut ask: impl FnMut(&str) -> anyhow::Result<String>,
) -> anyhow::Result<()> {
    let agent: Agent = Agent::config_builder().http_status_as_error(false).build().into();
    let call = |path: &str, body: Value| -> anyhow::Result<Value> {
        let request = agent.post(format!("{site}/api/{path}"));
        let response = request.content_type("application/json").send(body.to_string())?;
        let body = response.into_body().read_to_string()?;
        Ok(if body.is_empty() { Value::Null } else { serde_json::from_str(&body)? })
    };
    let login = ask("Your email address?")?;
    call("forgot", json!({ "login": login }))?;

    let mut question = "The code from the email? (Leave it empty for another email.)".to_owned();
    let token = loop {
        let code = ask(&question)?;
        if code.is_empty() {
            call("forgot", json!({ "login": login }))?;
            continue;
        }
        let response = call("code", json!({ "login": login, "code": code }))?;
        match (&response["token"], &response["title"]) {
            (Value::String(token), _) => break token.clone(),
            (_, title) => title.as_str().unwrap_or_default().clone_into(&mut question),
        }
    };

    let mut question = "Your new password?".to_owned();
    loop {
        let response = call("reset", json!({ "token": token, "password": ask(&question)? }))?;
        match (response["code"].as_str(), &response["violations"]) {
            (None, _) => return Ok(()),
            (Some("rejected"), Value::Array(all)) => {
                let sentences = all.iter().filter_map(|violation| violation["sentence"].as_str());
                question = sentences.collect::<Vec<_>>().join("\n");
            }
            _ => anyhow::bail!("{}", response["title"].as_str().unwrap_or_default()),
        }
    }
}

fn main() -> anyhow::Result<()> {
    let site = std::env::args().nth(1).unwrap_or_else(|| "http://127.0.0.1:3000".to_owned());
    reset_password(&site, |question| {
        print!("{question} ");
        stdout().flush()?;
        let mut typed = String::new();
        anyhow::ensure!(stdin().read_line(&mut typed)? > 0, "nothing more was typed");
        Ok(typed.trim_end_matches(['\r', '\n']).to_owned())
    })?;
    println!("Your password was set.");
    Ok(())
}
