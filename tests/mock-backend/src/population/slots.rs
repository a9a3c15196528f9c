//! Appointment slots of all practices: weekdays from 8am to 6pm by the clock in England. Nothing
//! is stored: an id holds its schedule and its start in UTC, and a hash says whether it is free.

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveDateTime, SecondsFormat, Utc, Weekday};
use chrono_tz::Europe::London;
use serde_json::{Value, json};

use super::directory::schedule_id;
use super::json::{Channel, local, meta, reference, snomed};
use super::practices::{PRACTICES, Practice, Role};
use super::rng::Rng;

const OPENS: i64 = 8 * 60;
const CLOSES: i64 = 18 * 60;
const LUNCH: std::ops::Range<i64> = 12 * 60 + 30..13 * 60 + 30;

pub(crate) fn session_name(role: Role) -> &'static str {
    match role {
        Role::Gp => "GP appointments",
        Role::Nurse => "Nurse appointments",
        Role::Pharmacist => "Pharmacist appointments",
    }
}

/// How long an appointment takes, in minutes.
pub(crate) fn minutes(role: Role) -> i64 {
    match role {
        Role::Gp => 10,
        Role::Nurse | Role::Pharmacist => 15,
    }
}

/// One clinician on one day.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Day {
    seed: u64,
    practice: &'static Practice,
    clinician: usize,
    day: NaiveDate,
    /// Percentage of slots that are free; 0 on a full day.
    free: u32,
}

/// A place in a day.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) day: Day,
    pub(crate) minute: i64,
    pub(crate) free: bool,
    pub(crate) channel: Channel,
}

fn day_number(day: NaiveDate) -> u64 {
    u64::from(day.num_days_from_ce().unsigned_abs())
}

impl Day {
    /// The clinician's day, or `None` where they do not work.
    pub(crate) fn new(
        seed: u64,
        practice: &'static Practice,
        clinician: usize,
        day: NaiveDate,
    ) -> Option<Self> {
        if matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
            return None;
        }
        let schedule = schedule_id(practice, clinician);
        // Most people here work four days a week, always the same; so do all days but one for
        // the first clinician, so that no practice is ever without anybody.
        let off = Rng::keyed(seed, 0, &schedule).below(5);
        if clinician > 0 && day.weekday().num_days_from_monday() == off {
            return None;
        }
        let mut rng = Rng::keyed(seed, day_number(day), &schedule);
        let full = rng.chance(12);
        let share = u32::try_from(rng.between(30, 60)).unwrap_or(40);
        Some(Self {
            seed,
            practice,
            clinician,
            day,
            free: if full { 0 } else { share },
        })
    }

    fn role(&self) -> Role {
        self.practice.clinicians[self.clinician].role
    }

    /// Whether a slot begins at this minute of the day.
    fn begins(&self, minute: i64) -> bool {
        (OPENS..CLOSES).contains(&minute)
            && !LUNCH.contains(&minute)
            && (minute - OPENS) % minutes(self.role()) == 0
    }

    fn place(self, minute: i64) -> Place {
        let moment = day_number(self.day) * 1440 + minute.unsigned_abs();
        let key = moment * 64 + self.clinician as u64;
        let mut rng = Rng::keyed(self.seed, key, self.practice.id);
        let free = rng.chance(self.free);
        let draw = rng.below(100);
        let channel = match (self.role(), draw) {
            (Role::Gp, 0..45) => Channel::InPerson,
            (Role::Gp, 45..90) => Channel::Telephone,
            (Role::Gp, _) if self.practice.clinicians.len() > 5 => Channel::Video,
            (Role::Nurse, _) => Channel::InPerson,
            (Role::Pharmacist, 0..25) => Channel::InPerson,
            _ => Channel::Telephone,
        };
        Place {
            day: self,
            minute,
            free,
            channel,
        }
    }

    /// Every slot of the day, in order.
    pub(crate) fn places(self) -> impl Iterator<Item = Place> {
        (OPENS..CLOSES)
            .step_by(usize::try_from(minutes(self.role())).unwrap_or(10))
            .filter(move |minute| self.begins(*minute))
            .map(move |minute| self.place(minute))
    }
}

impl Place {
    pub(crate) fn start(&self) -> DateTime<chrono_tz::Tz> {
        local(self.day.day, self.minute)
    }

    pub(crate) fn end(&self) -> DateTime<chrono_tz::Tz> {
        self.start() + Duration::minutes(minutes(self.day.role()))
    }

    pub(crate) fn id(&self) -> String {
        format!(
            "{}-{}",
            schedule_id(self.day.practice, self.day.clinician),
            self.start().with_timezone(&Utc).format("%Y%m%dT%H%M")
        )
    }

    pub(crate) fn service_type(&self) -> &'static str {
        match (self.day.role(), self.channel) {
            (Role::Gp, Channel::InPerson) => "GP appointment",
            (Role::Gp, Channel::Telephone) => "GP telephone appointment",
            (Role::Gp, Channel::Video) => "GP video appointment",
            (Role::Nurse, _) => "Nurse appointment",
            (Role::Pharmacist, _) => "Medicines review with a pharmacist",
        }
    }

    fn resource(&self) -> Value {
        let practice = self.day.practice;
        let who = &practice.clinicians[self.day.clinician];
        // Slots are released ten weeks before: a fixed day, whatever today is.
        let filed = self.day.day
            - Duration::days(70 + i64::from(self.day.day.weekday().num_days_from_monday()));
        json!({
            "resourceType": "Slot",
            "id": self.id(),
            "meta": meta("Slot", filed),
            "extension": [self.channel.extension()],
            "serviceCategory": [snomed("788007007", "General practice service")],
            "serviceType": [{ "text": self.service_type() }],
            "schedule": reference(
                "Schedule",
                &schedule_id(practice, self.day.clinician),
                &format!("{}, {}", who.display(), practice.name),
            ),
            "status": if self.free { "free" } else { "busy" },
            "start": self.start().to_rfc3339_opts(SecondsFormat::Secs, false),
            "end": self.end().to_rfc3339_opts(SecondsFormat::Secs, false),
        })
    }
}

/// Every slot that begins from `from` on and before `to`, by start and then by schedule; of all
/// practices or of the one with this Organization id.
pub(crate) fn between(
    seed: u64,
    only: Option<&str>,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Vec<Value> {
    let mut out = Vec::new();
    let mut day = from.with_timezone(&London).date_naive();
    let last = to.with_timezone(&London).date_naive();
    while day <= last {
        let mut places: Vec<Place> = PRACTICES
            .iter()
            .filter(|practice| only.is_none_or(|id| practice.id == id))
            .flat_map(|practice| (0..practice.clinicians.len()).map(move |at| (practice, at)))
            .filter_map(|(practice, at)| Day::new(seed, practice, at, day))
            .flat_map(Day::places)
            .filter(|place| (from..to).contains(&place.start().with_timezone(&Utc)))
            .collect();
        places.sort_by_key(|place| place.minute);
        out.extend(places.iter().map(Place::resource));
        let Some(next) = day.succ_opt() else { break };
        day = next;
    }
    out
}

/// The slot that an id means, or `None` where no such slot exists.
pub(crate) fn by_id(seed: u64, id: &str) -> Option<Value> {
    let (schedule, at) = id.rsplit_once('-')?;
    // A longer one is a year of more than four digits, which we never write.
    let at = (at.len() == "20260105T0900".len()).then_some(at)?;
    let start = NaiveDateTime::parse_from_str(at, "%Y%m%dT%H%M").ok()?;
    let start = start.and_utc().with_timezone(&London);
    let (practice, clinician) = PRACTICES.iter().find_map(|practice| {
        (0..practice.clinicians.len())
            .find(|at| schedule_id(practice, *at) == schedule)
            .map(|at| (practice, at))
    })?;
    let day = Day::new(seed, practice, clinician, start.date_naive())?;
    let midnight = start.date_naive().and_hms_opt(0, 0, 0)?;
    let minute = (start.naive_local() - midnight).num_minutes();
    let place = day.begins(minute).then(|| day.place(minute))?;
    // Only the one spelling that we write.
    (place.id() == id).then(|| place.resource())
}

/// A slot of a practice's day that is already taken: what a generated appointment stands on.
pub(crate) fn taken(
    rng: &mut Rng,
    seed: u64,
    practice: &'static Practice,
    day: NaiveDate,
    channel: Option<Channel>,
) -> Option<(usize, Place)> {
    let people = practice.clinicians.len();
    let first = rng.below(u32::try_from(people).unwrap_or(1)) as usize;
    (0..people).find_map(|offset| {
        let clinician = (first + offset) % people;
        let busy: Vec<Place> = Day::new(seed, practice, clinician, day)?
            .places()
            .filter(|place| !place.free && channel.is_none_or(|want| place.channel == want))
            .collect();
        (!busy.is_empty()).then(|| (clinician, *rng.pick(&busy)))
    })
}
