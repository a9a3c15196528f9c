//! Letters: a DocumentReference with a Binary whose size and SHA-1 it states rightly. PDF and
//! plain text, made on the spot.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{Duration, NaiveDate};
use serde_json::json;
use sha1::{Digest, Sha1};

use super::{Record, identifier};
use crate::population::codes::SNOMED;
use crate::population::directory;
use crate::population::json::{coding, date_time, meta, reference};
use crate::population::person::{Person, epoch};
use crate::population::personas::Story;
use crate::population::rng::Rng;

/// Code, words, what the letter says.
const LETTERS: [(&str, &str, &str); 4] = [
    (
        "823691000000103",
        "Clinical letter",
        "Thank you for referring this patient. On examination all was as expected. No change of medicines. We will see the patient again in six months.",
    ),
    (
        "373942005",
        "Discharge summary",
        "The patient was admitted overnight for observation and went home well. Please continue all medicines as before.",
    ),
    (
        "722124004",
        "Radiology studies report",
        "Chest X-ray: heart size normal. Lungs clear. No change since the last film.",
    ),
    (
        "823691000000103",
        "Clinical letter",
        "Eye screening: no sign of disease in either eye. The next screening is due in two years.",
    ),
];

pub(super) fn add(record: &mut Record<'_>) {
    let mut rng = record.person.rng("documents");
    let age = record.person.age(epoch());
    let many = match record.person.story {
        Story::Long => 150,
        Story::Full => 4,
        _ if age < 16 => i64::from(rng.chance(15)),
        _ => rng.between(0, 2) + i64::from(age > 60),
    };
    let back = match record.person.story {
        Story::Long => 25 * 365,
        _ => 1_600.min(age * 365),
    };
    for number in 1..=many {
        let day = Person::weekday(epoch() - Duration::days(rng.between(3, back.max(4))));
        if let Ok(number) = usize::try_from(number) {
            document(record, &mut rng, number, day);
        }
    }
}

fn document(record: &mut Record<'_>, rng: &mut Rng, number: usize, day: NaiveDate) {
    let (code, title, body) = *rng.pick(&LETTERS);
    let person = record.person;
    let lines = [
        person.practice.hospital.to_owned(),
        day.format("%-d %B %Y").to_string(),
        format!(
            "Re: {}, born {}",
            person.name(),
            person.birth.format("%-d %B %Y")
        ),
        String::new(),
        body.to_owned(),
        String::new(),
        "This letter is about a made-up person.".to_owned(),
    ];
    let (content_type, bytes) = if rng.chance(70) {
        ("application/pdf", pdf(&lines))
    } else {
        ("text/plain", lines.join("\n").into_bytes())
    };
    let binary = record.id("file", number);
    let hash = STANDARD.encode(Sha1::digest(&bytes));
    let about = reference("Patient", &person.id, &person.name());
    let mut resource = json!({
        "resourceType": "DocumentReference",
        "id": record.id("document", number),
        "meta": meta("DocumentReference", day),
        "identifier": identifier(rng),
        "status": "current",
        "docStatus": "final",
        "type": { "coding": [coding(SNOMED, code, title)], "text": title },
        "subject": about,
        "date": date_time(day, 15 * 60),
        "author": [reference("Organization", &directory::hospital_id(person.practice),
            person.practice.hospital)],
        "custodian": directory::organization(person.practice),
        "description": format!("{title} from {}", person.practice.hospital),
        "content": [{ "attachment": {
            "contentType": content_type,
            "language": "en-GB",
            "url": format!("Binary/{binary}"),
            "size": bytes.len(),
            "hash": hash,
            "title": title,
            "creation": day.to_string(),
        } }],
    });
    if rng.chance(8) {
        resource["meta"]["security"] = json!([coding(
            crate::population::codes::CONFIDENTIALITY,
            "R",
            "restricted"
        )]);
    }
    record.add(day, || resource);
    let id = record.id("document", number);
    let file = json!({
        "resourceType": "Binary",
        "id": binary,
        "meta": {
            "versionId": "1",
            "lastUpdated": meta("Binary", day)["lastUpdated"],
        },
        "contentType": content_type,
        "securityContext": { "reference": format!("DocumentReference/{id}") },
        "data": STANDARD.encode(&bytes),
    });
    record.add(day, || file);
}

/// A PDF of one page with these lines (PDF 1.4, a standard font, no compression).
fn pdf(lines: &[String]) -> Vec<u8> {
    let mut text = String::from("BT /F1 11 Tf 15 TL 60 780 Td\n");
    for line in lines {
        for part in wrap(line, 85) {
            let mut shown = String::new();
            for c in part.chars() {
                match c {
                    '(' | ')' | '\\' => {
                        shown.push('\\');
                        shown.push(c);
                    }
                    // The standard encoding of the font; what it lacks becomes a question mark.
                    c if c.is_ascii() => shown.push(c),
                    c if u32::from(c) < 256 => shown.push_str(&format!("\\{:03o}", u32::from(c))),
                    _ => shown.push('?'),
                }
            }
            text.push_str(&format!("({shown}) Tj T*\n"));
        }
    }
    text.push_str("ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
            .to_owned(),
    ];
    let mut out = String::from("%PDF-1.4\n");
    let mut offsets = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        out.push_str(&format!("{} 0 obj\n{object}\nendobj\n", number + 1));
    }
    let table = out.len();
    out.push_str(&format!(
        "xref\n0 {}\n0000000000 65535 f \n",
        objects.len() + 1
    ));
    for offset in offsets {
        out.push_str(&format!("{offset:010} 00000 n \n"));
    }
    out.push_str(&format!(
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n",
        objects.len() + 1
    ));
    out.into_bytes()
}

fn wrap(line: &str, most: usize) -> Vec<String> {
    let mut out = vec![String::new()];
    for word in line.split(' ') {
        let last = out.len() - 1;
        if !out[last].is_empty() && out[last].len() + word.len() >= most {
            out.push(word.to_owned());
        } else {
            if !out[last].is_empty() {
                out[last].push(' ');
            }
            out[last].push_str(word);
        }
    }
    out
}
