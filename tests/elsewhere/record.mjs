// What the server holds: a small record of one person, another person's, and free times. All of it
// is made up; the NHS numbers are of the range that is never given out.

/** The person who signs in. */
export const PATIENT = 'rosa-quill';
/** Somebody else on the same server. Each of her entries has the word Thornapple. */
export const OTHER = 'edith-thornapple';

const person = (id, given, family, nhsNumber, birthDate) => ({
  resourceType: 'Patient',
  id,
  identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: nhsNumber }],
  name: [{ use: 'official', family, given: [given] }],
  birthDate,
  gender: 'female',
  generalPractitioner: [{ reference: 'Organization/hollow-lane' }],
});

const loinc = (code, display) => ({ coding: [{ system: 'http://loinc.org', code, display }], text: display });
const category = (code) => [
  { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code }] },
];
const clinical = (kind) => ({
  coding: [{ system: `http://terminology.hl7.org/CodeSystem/${kind}-clinical`, code: 'active' }],
});

/** One entry for each section of the record, and an appointment ahead. `word` stands in each. */
const entries = (id, word) => {
  const subject = { reference: `Patient/${id}` };
  const of = (resourceType, rest) => ({ resourceType, id: `${id}-${resourceType.toLowerCase()}`, ...rest });
  const said = (text) => ({ text: `${text} ${word}` });
  return [
    of('AllergyIntolerance', { patient: subject, clinicalStatus: clinical('allergyintolerance'), code: said('Penicillin') }),
    of('MedicationStatement', {
      subject,
      status: 'active',
      medicationCodeableConcept: said('Ramipril 5 mg capsules'),
      effectivePeriod: { start: '2024-02-01' },
    }),
    of('Condition', { subject, clinicalStatus: clinical('condition'), code: said('Asthma'), recordedDate: '2019-06-03' }),
    of('DiagnosticReport', {
      subject,
      status: 'final',
      category: [{ coding: [{ code: 'LAB' }] }],
      code: said('Full blood count'),
      effectiveDateTime: '2025-03-04',
      result: [{ reference: `Observation/${id}-haemoglobin` }],
    }),
    {
      resourceType: 'Observation',
      id: `${id}-haemoglobin`,
      subject,
      status: 'final',
      category: category('laboratory'),
      code: said('Haemoglobin'),
      effectiveDateTime: '2025-03-04',
      valueQuantity: { value: 131, unit: 'g/L', system: 'http://unitsofmeasure.org', code: 'g/L' },
    },
    of('Immunization', {
      patient: subject,
      status: 'completed',
      vaccineCode: said('Influenza vaccine'),
      occurrenceDateTime: '2025-10-02',
    }),
    of('Encounter', {
      subject,
      status: 'finished',
      class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
      type: [said('Asthma review')],
      period: { start: '2025-05-06T09:00:00Z', end: '2025-05-06T09:20:00Z' },
    }),
    {
      resourceType: 'Observation',
      id: `${id}-weight`,
      subject,
      status: 'final',
      category: category('vital-signs'),
      code: { ...loinc('29463-7', 'Body weight'), ...said('Body weight') },
      effectiveDateTime: '2025-05-06',
      valueQuantity: { value: 64.2, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
    },
    of('Procedure', { subject, status: 'completed', code: said('Spirometry'), performedDateTime: '2025-05-06' }),
    of('DocumentReference', {
      subject,
      status: 'current',
      type: said('Discharge letter'),
      date: '2025-06-07T10:00:00Z',
      content: [{ attachment: { contentType: 'text/plain', title: `Letter ${word}`, data: 'SGVsbG8=' } }],
    }),
    of('ServiceRequest', {
      subject,
      status: 'active',
      intent: 'order',
      code: said('Referral to the chest clinic'),
      authoredOn: '2025-06-08T10:00:00Z',
    }),
    of('CarePlan', { subject, status: 'active', intent: 'plan', title: `Asthma plan ${word}`, period: { start: '2025-05-06' } }),
    of('Appointment', {
      status: 'booked',
      description: `Review ${word}`,
      start: at(30, 9, 0),
      end: at(30, 9, 15),
      participant: [{ actor: subject, status: 'accepted' }],
    }),
  ];
};

/** A time so many days from today, in UTC. */
const at = (days, hour, minute) => {
  const time = new Date();
  time.setUTCHours(hour, minute, 0, 0);
  return new Date(time.getTime() + days * 86_400_000).toISOString();
};

/** Both people's records. */
export const record = () => [
  person(PATIENT, 'Rosa', 'Quill', '9990000123', '1950-01-01'),
  ...entries(PATIENT, 'Quillwort'),
  person(OTHER, 'Edith', 'Thornapple', '9990000220', '1948-02-02'),
  ...entries(OTHER, 'Thornapple'),
];

/** The practice, and its free times from tomorrow on, each with whose it is inside itself. */
export const practice = () => [
  { resourceType: 'Organization', id: 'hollow-lane', active: true, name: 'Hollow Lane Surgery' },
  ...[1, 2, 3].map((days) => ({
    resourceType: 'Slot',
    id: `free-${days}`,
    contained: [
      {
        resourceType: 'Schedule',
        id: 'whose',
        actor: [{ reference: 'Organization/hollow-lane' }, { display: 'Dr Ash' }],
      },
    ],
    status: 'free',
    schedule: { reference: '#whose' },
    start: at(days, 10, 0),
    end: at(days, 10, 15),
  })),
];
