//! Every order in which two tasks can take their steps.

/// The choices of one schedule; those that it leaves open fall to the first task.
#[derive(Debug, Default)]
pub(crate) struct Schedules {
    choices: Vec<bool>,
    made: usize,
}

impl Schedules {
    /// The task that takes the next step, where both can.
    pub(crate) fn choose(&mut self) -> usize {
        if self.made == self.choices.len() {
            self.choices.push(false);
        }
        self.made += 1;
        usize::from(self.choices[self.made - 1])
    }

    /// Goes on to the next schedule; `false` after the last.
    pub(crate) fn advance(&mut self) -> bool {
        self.choices.truncate(std::mem::take(&mut self.made));
        while self.choices.pop_if(|choice| *choice).is_some() {}
        self.choices.last_mut().map(|choice| *choice = true).is_some()
    }
}

#[test]
fn every_order_of_the_steps_is_one_schedule() {
    let (mut schedules, mut orders) = (Schedules::default(), std::collections::BTreeSet::new());
    loop {
        let mut left = [4, 3];
        let mut order = Vec::new();
        while left != [0, 0] {
            let task = match left {
                [_, 0] => 0,
                [0, _] => 1,
                _ => schedules.choose(),
            };
            left[task] -= 1;
            order.push(task);
        }
        assert!(orders.insert(order), "each is met once");
        if !schedules.advance() {
            break;
        }
    }
    assert_eq!(orders.len(), 35, "7 over 3");
}
