//! Who a patient is: everything about an index that is not medical, computed from the seed.

use chrono::{Datelike, Duration, Months, NaiveDate};

use super::names::{BACKGROUNDS, Background};
use super::nhs_number;
use super::personas::{CHILD, PARENT, RecordAccess, SPECS, Spec, Story};
use super::practices::{PRACTICES, Practice};
use super::rng::Rng;

/// The day on which histories are anchored. Nobody is born after it, and what lies after it is
/// generated with its own dates and appears as time passes.
pub(crate) fn epoch() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).unwrap_or_default()
}

/// A patient's own facts.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) seed: u64,
    pub(crate) index: u32,
    pub(crate) id: String,
    pub(crate) nhs: String,
    pub(crate) prefix: &'static str,
    pub(crate) given: Vec<&'static str>,
    pub(crate) family: &'static str,
    pub(crate) gender: &'static str,
    pub(crate) birth: NaiveDate,
    pub(crate) ethnicity: (&'static str, &'static str),
    pub(crate) practice: &'static Practice,
    pub(crate) line: String,
    pub(crate) town: &'static str,
    pub(crate) postcode: String,
    pub(crate) mobile: String,
    pub(crate) landline: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) access: RecordAccess,
    pub(crate) historical: RecordAccess,
    pub(crate) access_from: NaiveDate,
    pub(crate) prescriptions: &'static str,
    pub(crate) appointments: &'static str,
    pub(crate) story: Story,
}

pub(crate) fn id_of(index: u32) -> String {
    format!("p{index:06}")
}

pub(crate) fn spec_of(index: u32) -> Option<&'static Spec> {
    SPECS.iter().find(|spec| spec.index == index)
}

/// The practice of an index, without computing the rest of the person.
pub(crate) fn practice_of(seed: u64, index: u32) -> &'static Practice {
    if let Some(spec) = spec_of(index) {
        return &PRACTICES[spec.practice];
    }
    let mut place = Rng::keyed(seed, u64::from(index), "practice").below(100);
    for practice in &PRACTICES {
        if place < practice.weight {
            return practice;
        }
        place -= practice.weight;
    }
    &PRACTICES[0]
}

fn background(rng: &mut Rng) -> &'static Background {
    let mut place = rng.below(BACKGROUNDS.iter().map(|b| b.weight).sum());
    for background in BACKGROUNDS {
        if place < background.weight {
            return background;
        }
        place -= background.weight;
    }
    &BACKGROUNDS[0]
}

/// Age bands as England has them, roughly: youngest age, oldest age, out of a thousand.
const PYRAMID: [(i64, i64, u32); 9] = [
    (0, 4, 54),
    (5, 15, 132),
    (16, 24, 106),
    (25, 39, 205),
    (40, 54, 194),
    (55, 64, 126),
    (65, 74, 98),
    (75, 84, 62),
    (85, 100, 23),
];

fn birth(rng: &mut Rng) -> NaiveDate {
    let mut place = rng.below(1000);
    let mut band = PYRAMID[0];
    for candidate in PYRAMID {
        band = candidate;
        if place < candidate.2 {
            break;
        }
        place -= candidate.2;
    }
    // The oldest ages thin out: the lower of two draws.
    let age = if band.0 >= 85 {
        rng.between(band.0, band.1).min(rng.between(band.0, band.1))
    } else {
        rng.between(band.0, band.1)
    };
    let days = age * 365 + age / 4 + rng.between(1, 364);
    epoch() - Duration::days(days)
}

/// The letters that Royal Mail never puts last in a postcode: addresses with them do not exist.
const NO_POSTCODE: [char; 6] = ['C', 'I', 'K', 'M', 'O', 'V'];

impl Person {
    pub(crate) fn new(seed: u64, index: u32) -> Self {
        let mut rng = Rng::keyed(seed, u64::from(index), "person");
        let spec = spec_of(index);
        let practice = practice_of(seed, index);
        let background = match spec {
            Some(spec) => &BACKGROUNDS[spec.background],
            None => background(&mut rng),
        };
        let female = spec.map_or_else(|| rng.chance(51), |spec| spec.female);
        let birth = spec.map_or_else(|| birth(&mut rng), Spec::birth);
        let firsts = if female {
            background.women
        } else {
            background.men
        };
        let mut given = vec![*rng.pick(firsts)];
        if rng.chance(60) {
            let second = *rng.pick(firsts);
            if second != given[0] {
                given.push(second);
            }
        }
        let mut family = *rng.pick(background.family);
        let age = Self::years(birth, epoch());
        let mut prefix = match (female, age) {
            (_, ..16) => "",
            (true, 16..30) => "Miss",
            (true, _) => *rng.pick(&["Mrs", "Ms", "Mrs", "Miss"]),
            (false, _) => "Mr",
        };
        if let Some(spec) = spec {
            given = spec.given.to_vec();
            family = spec.family;
            prefix = spec.prefix;
        }
        // A child lives with its parent.
        let home_of = if index == CHILD { PARENT } else { index };
        let mut home = Rng::keyed(seed, u64::from(home_of), "home");
        let (town, outwards) = home.pick(practice.towns);
        let line = format!("{} {}", home.between(1, 148), home.pick(practice.streets));
        let postcode = format!(
            "{} {}{}{}",
            home.pick(outwards),
            home.between(1, 9),
            home.pick(&[
                'A', 'B', 'D', 'E', 'F', 'G', 'H', 'J', 'L', 'N', 'P', 'R', 'S', 'T'
            ]),
            home.pick(&NO_POSTCODE),
        );
        let mobile = format!("07700 900{:03}", home.below(1000));
        let landline = home.chance(45).then(|| {
            let digits = 10
                - practice
                    .dialling
                    .matches(|c: char| c.is_ascii_digit())
                    .count()
                + 1;
            let most = 10_u32.pow(u32::try_from(digits).unwrap_or(2));
            format!("{}{:0digits$}", practice.dialling, home.below(most))
        });
        let email = (age >= 16 && rng.chance(70)).then(|| {
            let plain = |name: &str| {
                name.chars()
                    .filter(char::is_ascii_alphabetic)
                    .collect::<String>()
                    .to_lowercase()
            };
            format!("{}.{}{index}@example.org", plain(given[0]), plain(family))
        });
        let mut rights = Rng::keyed(seed, u64::from(index), "access");
        let drawn = match rights.below(100) {
            _ if age < 16 => RecordAccess::None,
            0..72 => RecordAccess::Full,
            72..82 => RecordAccess::Detailed,
            82..88 => RecordAccess::Documents,
            88..96 => RecordAccess::Summary,
            _ => RecordAccess::None,
        };
        let access = spec.map_or(drawn, |spec| spec.access);
        let whole = matches!(
            spec,
            Some(Spec {
                story: Story::Full | Story::Long,
                ..
            })
        ) || rights.chance(50);
        let historical = match access {
            RecordAccess::None => RecordAccess::None,
            _ if whole => access,
            _ => RecordAccess::Summary,
        };
        let prescriptions = match access {
            RecordAccess::None => "none",
            _ if !practice.ordering_enabled || (spec.is_none() && rights.chance(15)) => "view",
            _ => "manage",
        };
        let appointments = match access {
            RecordAccess::None if spec.is_some() || age < 16 => "none",
            _ if !practice.booking_enabled => "view",
            _ => "manage",
        };
        Self {
            seed,
            index,
            id: id_of(index),
            nhs: nhs_number::of_index(seed, index),
            prefix,
            given,
            family,
            gender: if female { "female" } else { "male" },
            birth,
            ethnicity: (background.code, background.display),
            practice,
            line,
            town,
            postcode,
            mobile,
            landline,
            email,
            access,
            historical,
            access_from: NaiveDate::from_ymd_opt(2023, 11, 1).unwrap_or_default(),
            prescriptions,
            appointments,
            story: spec.map_or(Story::Plain, |spec| spec.story),
        }
    }

    /// A stream of this patient's own.
    pub(crate) fn rng(&self, tag: &str) -> Rng {
        Rng::keyed(self.seed, u64::from(self.index), tag)
    }

    pub(crate) fn female(&self) -> bool {
        self.gender == "female"
    }

    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.given[0], self.family)
    }

    /// Whole years from a birth to a day; 0 before the birth.
    pub(crate) fn years(birth: NaiveDate, on: NaiveDate) -> i64 {
        i64::from(on.years_since(birth).unwrap_or(0))
    }

    /// Whole years of age on a day.
    pub(crate) fn age(&self, on: NaiveDate) -> i64 {
        Self::years(self.birth, on)
    }

    /// The day on which the patient reaches an age in months.
    pub(crate) fn at_months(&self, months: u32) -> NaiveDate {
        self.birth + Months::new(months)
    }

    /// The first weekday from a day on.
    pub(crate) fn weekday(day: NaiveDate) -> NaiveDate {
        day + Duration::days(match day.weekday() {
            chrono::Weekday::Sat => 2,
            chrono::Weekday::Sun => 1,
            _ => 0,
        })
    }

    /// A clinician of the practice, by a stream: index and entry.
    pub(crate) fn clinician(
        &self,
        rng: &mut Rng,
        role: super::practices::Role,
    ) -> (usize, &'static super::practices::Clinician) {
        let fitting: Vec<usize> = (0..self.practice.clinicians.len())
            .filter(|at| self.practice.clinicians[*at].role == role)
            .collect();
        let at = *rng.pick(&fitting);
        (at, &self.practice.clinicians[at])
    }
}
