//! The memory that many hashes at once take.

use ::argon2::Params;
use password_reset::adapters::argon2::Argon2Hasher;
use password_reset::hasher::PasswordHasher;
use std::time::Duration;

/// Pages of memory of this process that are in use, in MiB.
fn memory_in_use() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_hashes_at_once_take_the_memory_of_four_and_give_it_back() {
    let _alone = super::ALONE.lock().await;
    let hasher = Argon2Hasher::new(Params::DEFAULT, 4);
    let before = memory_in_use();
    let tasks: Vec<_> = (0..40)
        .map(|_| {
            let hasher = hasher.clone();
            tokio::spawn(async move { hasher.hash("Correct horse 7").await.map(drop) })
        })
        .collect();
    let mut most = before;
    while tasks.iter().any(|task| !task.is_finished()) {
        most = most.max(memory_in_use());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let after = memory_in_use();
    println!("{before} MiB before, {most} MiB at most, {after} MiB after 40 hashes");
    assert!(most < before + 5 * 19, "{before} MiB, then {most} MiB");
    assert!(after < before + 10, "{before} MiB, then {after} MiB");
}
