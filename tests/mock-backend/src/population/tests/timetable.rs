//! Slots of the practices.

use super::*;

#[test]
fn slots_keep_the_clock_of_england_across_both_changes() {
    let population = population();
    for (year, month, sunday, before, after) in [
        (2026, 10, 25, "+01:00", "+00:00"),
        (2027, 3, 28, "+00:00", "+01:00"),
    ] {
        let sunday = day(year, month, sunday);
        let from = (sunday - Days::new(2))
            .and_hms_opt(0, 0, 0)
            .unwrap()
            .and_utc()
            - Duration::hours(2);
        let slots = population.slots(from, from + Duration::days(4));
        assert!(!slots.is_empty());
        for slot in &slots {
            let start = slot["start"].as_str().unwrap();
            let end = slot["end"].as_str().unwrap();
            let date: NaiveDate = start[..10].parse().unwrap();
            assert_ne!(date, sunday, "{start}");
            let offset = if date < sunday { before } else { after };
            assert!(start.ends_with(offset) && end.ends_with(offset), "{start}");
            assert!(("08:00".."18:00").contains(&&start[11..16]), "{start}");
            assert!(&end[11..16] <= "18:00", "{end}");
        }
    }
}

#[test]
fn a_slot_is_found_again_by_its_id_and_no_other_id_is_a_slot() {
    let population = population();
    let from = Utc.with_ymd_and_hms(2026, 7, 6, 9, 0, 0).unwrap();
    let slots = population.slots(from, from + Duration::hours(1));
    assert!(slots.len() > 50);
    for slot in &slots {
        assert_eq!(
            population.slot(slot["id"].as_str().unwrap()).as_ref(),
            Some(slot)
        );
        let start: DateTime<Utc> = slot["start"].as_str().unwrap().parse().unwrap();
        assert!(start >= from && start < from + Duration::hours(1));
    }
    for wrong in [
        "",
        "-",
        "y9l01-s1",
        "y9l01-s1-20260706T0301",
        "y9l01-s99-20260706T0800",
        "y9l01-s1-20260705T0800",
        "y9l01-s1-2026-7-6T08:00",
        "y9l01-s1-20260706T0801",
    ] {
        assert_eq!(population.slot(wrong), None, "{wrong}");
    }
}

#[test]
fn the_slots_of_a_practice_are_its_part_of_all_slots() {
    let population = population();
    let from = Utc.with_ymd_and_hms(2026, 7, 6, 0, 0, 0).unwrap();
    let to = from + Duration::days(1);
    let mut all = population.slots(from, to);
    all.retain(|slot| slot["id"].as_str().unwrap().starts_with("y9b01-"));
    assert!(!all.is_empty());
    assert_eq!(population.slots_of("y9b01", from, to), all);
}

#[test]
fn some_days_are_full_and_the_others_are_free_in_part() {
    let population = population();
    let from = Utc.with_ymd_and_hms(2026, 9, 7, 0, 0, 0).unwrap();
    let slots = population.slots(from, from + Duration::days(14));
    let mut days: HashMap<String, (u32, u32)> = HashMap::new();
    let mut channels: HashSet<&str> = HashSet::new();
    for slot in &slots {
        let id = slot["id"].as_str().unwrap();
        let entry = days.entry(id[..id.len() - 5].to_owned()).or_default();
        entry.0 += u32::from(slot["status"] == "free");
        entry.1 += 1;
        let channel = &slot["extension"][0]["valueCodeableConcept"]["coding"][0]["code"];
        channels.insert(channel.as_str().unwrap());
        let date: NaiveDate = slot["start"].as_str().unwrap()[..10].parse().unwrap();
        assert!(!matches!(date.weekday(), Weekday::Sat | Weekday::Sun));
    }
    let full = days.values().filter(|(free, _)| *free == 0).count();
    assert!(
        full > 0 && full * 4 < days.len(),
        "{full} of {}",
        days.len()
    );
    let (free, all) = days
        .values()
        .fold((0, 0), |sum, day| (sum.0 + day.0, sum.1 + day.1));
    assert!((30..=60).contains(&(free * 100 / all)), "{free} of {all}");
    assert_eq!(channels, HashSet::from(["In-person", "Telephone", "Video"]));
}
