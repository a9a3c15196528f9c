//! Whether a medicine can be ordered, as far as its authorisation says (backend contract, §4). Pure.

use chrono::NaiveDate;
use hale_contracts::repeats::EligibilityView;
use hale_contracts::time::PartialDate;

/// How a medicine is prescribed (FHIR `courseOfTherapyType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// Again and again.
    Continuous,
    /// Once.
    Acute,
    /// Electronic repeat dispensing: the pharmacy gives it out without an order.
    RepeatDispensing,
    /// The source does not say.
    Unknown,
}

/// What an authorisation says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// How it is prescribed.
    pub course: Course,
    /// How often it was issued.
    pub issued: Option<u32>,
    /// How often it may be.
    pub allowed: Option<u32>,
    /// The day on which the authorisation ends; the last day on which it holds.
    pub expires: Option<NaiveDate>,
    /// The first day of the next order, where the source names one.
    pub next_from: Option<NaiveDate>,
}

/// Whether it can be ordered on this day in London; `is_requested` where an order is still open.
///
/// Of several reasons the one that helps most comes first: what makes an order pointless, then what
/// the practice must do, then when.
#[must_use]
pub fn eligibility(plan: &Plan, is_requested: bool, today: NaiveDate) -> EligibilityView {
    match plan.course {
        Course::Acute => return EligibilityView::Acute,
        Course::RepeatDispensing => return EligibilityView::RepeatDispensing,
        Course::Continuous | Course::Unknown => {}
    }
    if is_requested {
        return EligibilityView::Requested;
    }
    if let Some(expires) = plan.expires.filter(|expires| *expires < today) {
        return EligibilityView::ReviewOverdue {
            since: PartialDate::Day(expires),
        };
    }
    if let (Some(issued), Some(allowed)) = (plan.issued, plan.allowed)
        && issued >= allowed
    {
        return EligibilityView::NoneLeft { allowed };
    }
    if let Some(from) = plan.next_from.filter(|from| *from > today) {
        return EligibilityView::TooSoon {
            from: PartialDate::Day(from),
        };
    }
    match plan.course {
        Course::Continuous => EligibilityView::Orderable,
        _ => EligibilityView::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_authorisation_has_its_reason() {
        use EligibilityView as E;
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let plan = Plan {
            course: Course::Continuous,
            issued: Some(2),
            allowed: Some(6),
            expires: Some(day("2027-03-01")),
            next_from: Some(day("2026-11-01")),
        };
        let since = PartialDate::Day(day("2026-11-22"));
        let overdue = E::ReviewOverdue { since };
        let too_soon = E::TooSoon {
            from: PartialDate::Day(day("2026-11-24")),
        };
        let none_left = E::NoneLeft { allowed: 6 };
        let with = |change: &dyn Fn(&mut Plan)| {
            let mut plan = plan.clone();
            change(&mut plan);
            plan
        };
        let is = |course| with(&|plan: &mut Plan| plan.course = course);
        let cases = [
            (plan.clone(), false, E::Orderable),
            (plan.clone(), true, E::Requested),
            (is(Course::Unknown), false, E::Unknown),
            (is(Course::Unknown), true, E::Requested),
            (is(Course::Acute), true, E::Acute),
            (is(Course::RepeatDispensing), false, E::RepeatDispensing),
            // It holds on its last day.
            (
                with(&|plan| plan.expires = Some(day("2026-11-23"))),
                false,
                E::Orderable,
            ),
            (
                with(&|plan| plan.expires = Some(day("2026-11-22"))),
                false,
                overdue.clone(),
            ),
            (
                with(&|plan| plan.issued = Some(6)),
                false,
                none_left.clone(),
            ),
            (with(&|plan| plan.issued = Some(5)), false, E::Orderable),
            (
                with(&|plan| plan.next_from = Some(day("2026-11-24"))),
                false,
                too_soon.clone(),
            ),
            (
                with(&|plan| plan.next_from = Some(day("2026-11-23"))),
                false,
                E::Orderable,
            ),
            // Several reasons at once.
            (
                with(&|plan| {
                    plan.issued = Some(6);
                    plan.expires = Some(day("2026-11-22"));
                    plan.next_from = Some(day("2026-11-24"));
                }),
                false,
                overdue,
            ),
            (
                with(&|plan| {
                    plan.issued = Some(7);
                    plan.next_from = Some(day("2026-11-24"));
                }),
                false,
                none_left,
            ),
            // What is not said stands in nobody's way.
            (
                Plan {
                    course: Course::Continuous,
                    issued: None,
                    allowed: Some(0),
                    expires: None,
                    next_from: None,
                },
                false,
                E::Orderable,
            ),
        ];
        for (plan, is_requested, expected) in cases {
            let got = eligibility(&plan, is_requested, day("2026-11-23"));
            assert_eq!(got, expected, "{plan:?} {is_requested}");
            let is_in_the_way = matches!(got, E::Requested | E::Acute | E::RepeatDispensing);
            assert_eq!(got.can_ask(), !is_in_the_way);
        }
    }
}
