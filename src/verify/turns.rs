//! Whose turn it is to be looked at. After an import of thousands one account has work for hours; the others must not wait for its end.

use std::collections::BTreeMap;

/// The order of accounts, and who is being looked at.
#[derive(Debug, Default)]
pub struct Turns {
    /// When each had its last turn, counted in turns.
    had: BTreeMap<i64, u64>,
    count: u64,
    /// The accounts that are being looked at, and on which host.
    busy: BTreeMap<i64, String>,
}

impl Turns {
    /// Which of the accounts that are due come next, `room` at most: whoever has waited longest for a turn first, then in the order they are
    /// due. One server is visited for one account at a time.
    pub fn next(&mut self, due: &[(i64, String)], room: usize) -> Vec<i64> {
        let mut waiting: Vec<&(i64, String)> = due.iter().collect();
        waiting.sort_by_key(|(account, _)| self.had.get(account));
        let mut next = Vec::new();
        for (account, host) in waiting {
            if next.len() >= room {
                break;
            }
            if self.busy.iter().any(|(busy, at)| busy == account || at == host) {
                continue;
            }
            self.count += 1;
            self.had.insert(*account, self.count);
            self.busy.insert(*account, host.clone());
            next.push(*account);
        }
        next
    }

    /// An account's turn is over.
    pub fn ended(&mut self, account: i64) {
        self.busy.remove(&account);
    }

    /// A turn broke off, and it is not known whose: the leases keep two from looking at one.
    pub fn one_ended(&mut self) {
        self.busy.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(accounts: &[(i64, &str)]) -> Vec<(i64, String)> {
        accounts.iter().map(|(account, host)| (*account, (*host).to_owned())).collect()
    }

    #[test]
    fn whoever_has_waited_longest_comes_next_however_much_another_has() {
        let mut turns = Turns::default();
        let due = due(&[(1, "a"), (2, "b"), (3, "c")]);
        let mut order = Vec::new();
        for _ in 0..3 {
            for account in turns.next(&due, 2) {
                order.push(account);
                turns.ended(account);
            }
        }
        assert_eq!(order, [1, 2, 3, 1, 2, 3]);
    }

    #[test]
    fn one_account_and_one_server_are_visited_once_at_a_time() {
        let mut turns = Turns::default();
        let due = due(&[(1, "a"), (2, "a"), (3, "b"), (4, "c")]);
        assert_eq!(turns.next(&due, 2), [1, 3]);
        assert_eq!(turns.next(&due, 0), [0; 0]);
        assert_eq!(turns.next(&due, 2), [4]);
        turns.ended(1);
        assert_eq!(
            turns.next(&due, 5),
            [2],
            "a's server is free again, and account 2 has had no turn yet"
        );
    }

    #[test]
    fn a_turn_that_broke_off_holds_nobody_up() {
        let mut turns = Turns::default();
        assert_eq!(turns.next(&due(&[(1, "a")]), 1), [1]);
        turns.one_ended();
        assert_eq!(turns.next(&due(&[(1, "a")]), 1), [1]);
    }
}
