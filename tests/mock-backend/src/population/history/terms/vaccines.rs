//! Vaccines of the routine schedule.

/// A vaccine of the routine schedule: age in months, code of the vaccine, words, disease, dose,
/// the code of the procedure where well known.
pub(crate) struct VaccineTerm {
    pub(crate) months: u32,
    pub(crate) code: &'static str,
    pub(crate) display: &'static str,
    pub(crate) diseases: &'static [(&'static str, &'static str)],
    pub(crate) dose: u32,
    pub(crate) of: u32,
    pub(crate) procedure: (&'static str, &'static str),
    /// The first year in which babies (or, for later doses, anybody) got it.
    pub(crate) since: i32,
}

#[allow(clippy::too_many_arguments)]
const fn vaccine(
    months: u32,
    code: &'static str,
    display: &'static str,
    diseases: &'static [(&'static str, &'static str)],
    dose: u32,
    of: u32,
    procedure: (&'static str, &'static str),
    since: i32,
) -> VaccineTerm {
    VaccineTerm {
        months,
        code,
        display,
        diseases,
        dose,
        of,
        procedure,
        since,
    }
}

const SIX: &[(&str, &str)] = &[
    ("397430003", "Diphtheria"),
    ("76902006", "Tetanus"),
    ("27836007", "Pertussis"),
    ("398102009", "Polio"),
];
const MEASLES: &[(&str, &str)] = &[
    ("14189004", "Measles"),
    ("36989005", "Mumps"),
    ("36653000", "Rubella"),
];
const ROTA: &[(&str, &str)] = &[("18624000", "Rotavirus infection")];
const MENINGO: &[(&str, &str)] = &[("23511006", "Meningococcal disease")];
const PNEUMO: &[(&str, &str)] = &[("16814004", "Pneumococcal disease")];
const HPV: &[(&str, &str)] = &[("240532009", "Human papillomavirus infection")];
const SHINGLES: &[(&str, &str)] = &[("4740000", "Shingles")];
const RSV: &[(&str, &str)] = &[("55735004", "Respiratory syncytial virus infection")];
pub(crate) const FLU: &[(&str, &str)] = &[("6142004", "Influenza")];
pub(crate) const COVID: &[(&str, &str)] = &[("840539006", "COVID-19")];

pub(crate) static VACCINES: [VaccineTerm; 18] = [
    vaccine(
        2,
        "",
        "6-in-1 vaccine (DTaP/IPV/Hib/HepB)",
        SIX,
        1,
        3,
        ("", ""),
        2017,
    ),
    vaccine(
        2,
        "116077000",
        "Rotavirus vaccine",
        ROTA,
        1,
        2,
        ("", ""),
        2013,
    ),
    vaccine(2, "", "MenB vaccine", MENINGO, 1, 3, ("", ""), 2015),
    vaccine(
        3,
        "",
        "6-in-1 vaccine (DTaP/IPV/Hib/HepB)",
        SIX,
        2,
        3,
        ("", ""),
        2017,
    ),
    vaccine(
        3,
        "116077000",
        "Rotavirus vaccine",
        ROTA,
        2,
        2,
        ("", ""),
        2013,
    ),
    vaccine(
        3,
        "333598008",
        "Pneumococcal vaccine",
        PNEUMO,
        1,
        2,
        ("", ""),
        2006,
    ),
    vaccine(
        4,
        "",
        "6-in-1 vaccine (DTaP/IPV/Hib/HepB)",
        SIX,
        3,
        3,
        ("", ""),
        2017,
    ),
    vaccine(4, "", "MenB vaccine", MENINGO, 2, 3, ("", ""), 2015),
    vaccine(
        12,
        "61153008",
        "MMR vaccine",
        MEASLES,
        1,
        2,
        (
            "38598009",
            "Administration of measles, mumps and rubella vaccine",
        ),
        1988,
    ),
    vaccine(
        12,
        "333598008",
        "Pneumococcal vaccine",
        PNEUMO,
        2,
        2,
        ("", ""),
        2006,
    ),
    vaccine(12, "", "MenB vaccine", MENINGO, 3, 3, ("", ""), 2015),
    vaccine(
        40,
        "61153008",
        "MMR vaccine",
        MEASLES,
        2,
        2,
        (
            "38598009",
            "Administration of measles, mumps and rubella vaccine",
        ),
        1996,
    ),
    vaccine(
        41,
        "",
        "4-in-1 pre-school booster (dTaP/IPV)",
        SIX,
        1,
        1,
        ("", ""),
        2001,
    ),
    vaccine(154, "424519000", "HPV vaccine", HPV, 1, 1, ("", ""), 2019),
    vaccine(
        168,
        "",
        "3-in-1 teenage booster (Td/IPV)",
        &[
            ("76902006", "Tetanus"),
            ("397430003", "Diphtheria"),
            ("398102009", "Polio"),
        ],
        1,
        1,
        ("", ""),
        1994,
    ),
    vaccine(
        780,
        "333598008",
        "Pneumococcal vaccine",
        PNEUMO,
        1,
        1,
        ("", ""),
        2003,
    ),
    vaccine(
        843,
        "407737004",
        "Shingles vaccine",
        SHINGLES,
        1,
        1,
        ("", ""),
        2013,
    ),
    vaccine(902, "", "RSV vaccine", RSV, 1, 1, ("", ""), 2024),
];
