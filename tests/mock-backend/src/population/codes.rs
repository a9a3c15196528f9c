//! The addresses of code systems, identifiers and extensions that the population uses. Contract
//! names only: no patient data and no logic.

/// NHS number.
pub const SYS_NHS: &str = "https://fhir.nhs.uk/Id/nhs-number";
/// ODS organisation code.
pub const SYS_ODS: &str = "https://fhir.nhs.uk/Id/ods-organization-code";
/// Identifiers made once for one resource (RFC 4122).
pub const SYS_UUID: &str = "https://tools.ietf.org/html/rfc4122";
/// SNOMED CT.
pub const SNOMED: &str = "http://snomed.info/sct";
/// LOINC.
pub const LOINC: &str = "http://loinc.org";
/// NHS dictionary of medicines and devices.
pub const DMD: &str = "https://dmd.nhs.uk";
/// Units of measure.
pub const UCUM: &str = "http://unitsofmeasure.org";
/// Confidentiality labels in `meta.security`.
pub const CONFIDENTIALITY: &str = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
/// Why a List is empty.
pub const EMPTY_REASON: &str = "http://terminology.hl7.org/CodeSystem/list-empty-reason";
/// The sections of a record, by the names that the List resources carry: `allergies`,
/// `medicines`, `conditions`, `results`, `immunisations`, `consultations`, `observations`,
/// `procedures`, `documents`.
pub const RECORD_SECTION: &str = "https://hale.example/fhir/CodeSystem/record-section";
/// What a patient may see and do; on Patient, with the nested extensions `record`, `historical`,
/// `effectiveDate`, `prescriptions` and `appointments`.
pub const ACCESS_LEVEL: &str = "https://hale.example/fhir/StructureDefinition/access-level";
/// Beginning of the extensions on HealthcareService that hold a practice's rules.
pub const PRACTICE_RULE: &str = "https://hale.example/fhir/StructureDefinition/practice-rule-";
/// Whether patients can book (`valueBoolean`).
pub const RULE_BOOKING_ENABLED: &str =
    "https://hale.example/fhir/StructureDefinition/practice-rule-booking-enabled";
/// Whether patients can cancel (`valueBoolean`).
pub const RULE_CANCELLATION_ENABLED: &str =
    "https://hale.example/fhir/StructureDefinition/practice-rule-cancellation-enabled";
/// Until how many minutes before the start patients can cancel (`valueInteger`).
pub const RULE_CANCELLATION_CUT_OFF: &str =
    "https://hale.example/fhir/StructureDefinition/practice-rule-cancellation-cut-off-minutes";
/// Whether a reason is asked for (`valueCode`: mandatory, optional, off).
pub const RULE_REASON: &str = "https://hale.example/fhir/StructureDefinition/practice-rule-reason";
/// The longest reason in characters (`valueInteger`).
pub const RULE_REASON_MAX_LENGTH: &str =
    "https://hale.example/fhir/StructureDefinition/practice-rule-reason-max-length";
/// How many upcoming appointments a patient may have (`valueInteger`).
pub const RULE_BOOKING_LIMIT: &str =
    "https://hale.example/fhir/StructureDefinition/practice-rule-booking-limit";
/// Whether an appointment on the same day can be booked (`valueBoolean`).
pub const RULE_SAME_DAY: &str =
    "https://hale.example/fhir/StructureDefinition/practice-rule-same-day-booking";
/// Whether repeat prescriptions can be ordered (`valueBoolean`).
pub const RULE_ORDERING_ENABLED: &str =
    "https://hale.example/fhir/StructureDefinition/practice-rule-ordering-enabled";
/// How an appointment takes place (UK Core).
pub const DELIVERY_CHANNEL: &str =
    "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-DeliveryChannel";
/// Codes of [`DELIVERY_CHANNEL`].
pub const DELIVERY_CHANNEL_CODES: &str =
    "https://fhir.hl7.org.uk/CodeSystem/UKCore-DeliveryChannel";
/// The organisation that booked (UK Core).
pub const BOOKING_ORGANIZATION: &str =
    "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-BookingOrganization";
/// What was issued of a repeat and until when (UK Core).
pub const REPEAT_INFORMATION: &str =
    "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-MedicationRepeatInformation";
/// Whether the NHS number was verified (UK Core).
pub const NHS_NUMBER_STATUS: &str =
    "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus";
/// Codes of [`NHS_NUMBER_STATUS`].
pub const NHS_NUMBER_STATUS_CODES: &str =
    "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland";
/// Ethnic category (UK Core).
pub const ETHNIC_CATEGORY: &str =
    "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory";
/// Codes of [`ETHNIC_CATEGORY`].
pub const ETHNIC_CATEGORY_CODES: &str =
    "https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategoryEngland";
/// The pharmacy that a patient has chosen (UK Core).
pub const NOMINATED_PHARMACY: &str =
    "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NominatedPharmacy";
/// What was given, as a procedure (UK Core).
pub const VACCINATION_PROCEDURE: &str =
    "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-VaccinationProcedure";
