//! Guessing passwords is made slow: wrong ones are counted, and after some nobody is listened to for a while.

use crate::app::lock;
use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::Mutex,
    time::{Duration, Instant},
};

/// So long wrong passwords are remembered.
const WINDOW: Duration = Duration::from_mins(15);
/// Wrong passwords in that time: of one name from one address, from one address, of one name from anywhere.
const PAIR: u32 = 5;
const ADDRESS: u32 = 20;
const NAME: u32 = 50;
/// What is counted at once; of more, the oldest count is forgotten.
const MOST: usize = 30_000;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum What {
    Pair(String, IpAddr),
    Address(IpAddr),
    Name(String),
}

/// Wrong passwords of late.
#[derive(Default)]
pub struct Attempts(Mutex<HashMap<What, (u32, Instant)>>);

impl Attempts {
    /// Counts an attempt, before it is known whether it is right: many at once must not get through.
    ///
    /// # Errors
    /// How long to wait, where there were too many.
    pub fn count(&self, name: &str, from: IpAddr, now: Instant) -> Result<(), Duration> {
        let mut counts = lock(&self.0);
        let kinds = kinds(name, from);
        let over = |(what, most): &(What, u32)| {
            let (count, since) = counts.get(what)?;
            let left = WINDOW.checked_sub(now.saturating_duration_since(*since)).filter(|left| !left.is_zero())?;
            (count >= most).then_some(left)
        };
        if let Some(left) = kinds.iter().filter_map(over).max() {
            return Err(left);
        }
        if counts.len().saturating_add(kinds.len()) > MOST {
            make_room(&mut counts, now);
        }
        for (what, _) in kinds {
            let (count, since) = counts.entry(what).or_insert((0, now));
            if now.saturating_duration_since(*since) >= WINDOW {
                (*count, *since) = (0, now);
            }
            *count = count.saturating_add(1);
        }
        Ok(())
    }

    /// The attempt was right: it was no guess, and those of this name from here before it were slips.
    pub fn forgive(&self, name: &str, from: IpAddr) {
        let mut counts = lock(&self.0);
        let [(pair, _), others @ ..] = kinds(name, from);
        let slips = counts.remove(&pair).map_or(1, |(count, _)| count);
        for (what, _) in others {
            if let Some((count, _)) = counts.get_mut(&what) {
                *count = count.saturating_sub(slips);
            }
        }
    }
}

fn kinds(name: &str, from: IpAddr) -> [(What, u32); 3] {
    // A house has many addresses of version 6: they are told apart by their first half.
    let from = match from {
        IpAddr::V6(six) if six.to_ipv4_mapped().is_none() => {
            IpAddr::V6(Ipv6Addr::from_bits(six.to_bits() & (u128::MAX << 64)))
        }
        other => other.to_canonical(),
    };
    let name = || name.chars().take(200).collect::<String>().to_lowercase();
    [(What::Pair(name(), from), PAIR), (What::Address(from), ADDRESS), (What::Name(name()), NAME)]
}

fn make_room(counts: &mut HashMap<What, (u32, Instant)>, now: Instant) {
    counts.retain(|_, (_, since)| now.saturating_duration_since(*since) < WINDOW);
    if counts.len() < MOST - 3 {
        return;
    }
    let mut ages: Vec<Instant> = counts.values().map(|(_, since)| *since).collect();
    let (_, middle, _) = ages.select_nth_unstable(MOST / 10);
    let middle = *middle;
    counts.retain(|_, (_, since)| *since > middle);
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

    #[test]
    fn after_five_wrong_ones_one_waits() {
        let (attempts, now) = (Attempts::default(), Instant::now());
        for _ in 0..PAIR {
            assert_eq!(attempts.count("Anna", HERE, now), Ok(()));
        }
        assert_eq!(attempts.count("anna", HERE, now), Err(WINDOW), "however it is written");
        assert_eq!(attempts.count("Taras", HERE, now), Ok(()), "others at this address may");
        assert_eq!(attempts.count("Anna", "192.0.2.2".parse().unwrap(), now), Ok(()), "and she elsewhere");
        assert_eq!(attempts.count("Anna", HERE, now + WINDOW), Ok(()), "and here later");
    }

    #[test]
    fn a_right_one_forgives_slips_but_not_an_address_that_guesses() {
        let (attempts, now) = (Attempts::default(), Instant::now());
        for _ in 0..100 {
            attempts.count("Anna", HERE, now).unwrap();
            attempts.forgive("Anna", HERE);
        }
        for n in 0..ADDRESS {
            assert_eq!(attempts.count(&format!("guess {n}"), HERE, now), Ok(()), "{n}");
        }
        assert!(attempts.count("Anna", HERE, now).is_err());
        assert_eq!(attempts.count("Anna", "2001:db8::1".parse().unwrap(), now), Ok(()));
    }

    #[test]
    fn a_name_is_not_guessed_from_everywhere_and_neighbours_are_one() {
        let (attempts, now) = (Attempts::default(), Instant::now());
        let from = |n: u32| IpAddr::V6(Ipv6Addr::from_bits((0x2001_0db8 << 96) | (u128::from(n) << 64) | 7));
        for n in 0..NAME {
            assert_eq!(attempts.count("Anna", from(n), now), Ok(()), "{n}");
        }
        assert!(attempts.count("Anna", from(NAME), now).is_err());
        let near = |n: u128| IpAddr::V6(Ipv6Addr::from_bits((0x2001_0db8_0001 << 80) | n));
        let refused = (0..100).filter(|n| attempts.count(&format!("x{n}"), near(*n), now).is_err()).count();
        assert_eq!(refused, 80);
    }

    #[test]
    fn memory_is_bounded() {
        let (attempts, now) = (Attempts::default(), Instant::now());
        for n in 0..60_000u32 {
            let from = IpAddr::V4(std::net::Ipv4Addr::from_bits(n));
            let _ = attempts.count(&format!("x{n}"), from, now + Duration::from_millis(n.into()));
        }
        assert!(lock(&attempts.0).len() <= MOST);
    }
}
