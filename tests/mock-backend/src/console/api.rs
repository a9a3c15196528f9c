//! The console over JSON, for programs that cannot hold the handles themselves.

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::faults::Rule;
use crate::repeats::{PracticeSays, Repeats};
use crate::scenarios;
use crate::smart::Lifetimes;
use crate::state::State;

/// How to move the clock.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ClockChange {
    /// To a moment.
    Set(DateTime<Utc>),
    /// By seconds.
    AdvanceSeconds(i32),
    /// Back to real time.
    Reset(bool),
}

/// What the practice or the pharmacy says of a request, or whether all requests are held.
#[derive(Deserialize)]
#[serde(untagged)]
enum RepeatsTold {
    One {
        patient: String,
        task: String,
        #[serde(flatten)]
        says: Says,
    },
    All {
        hold: bool,
    },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Says {
    Practice(PracticeSays),
    Pharmacy { pharmacy: String },
}

#[derive(Deserialize)]
struct Key {
    key: String,
}

type Refused = (StatusCode, &'static str);

const NO_SUCH_TIME: Refused = (
    StatusCode::UNPROCESSABLE_ENTITY,
    "The clock goes from 1970 to 2199.\n",
);

pub(super) fn route(state: &State, method: &str, what: &str, body: &Bytes) -> Response<Body> {
    match answer(state, method, what, body) {
        Ok(answer) => {
            let mut response = answer.to_string().into_response();
            response.headers_mut().insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/json"),
            );
            response
        }
        Err(refused) => refused.into_response(),
    }
}

fn answer(state: &State, method: &str, what: &str, body: &Bytes) -> Result<Value, Refused> {
    Ok(match (method, what) {
        ("GET", "personas") => json!(state.store.population().personas()),
        ("GET", "clock") => json!({ "now": state.clock.now() }),
        ("POST" | "PUT", "clock") => {
            match read(body)? {
                ClockChange::Set(to) => super::set_clock(state, to).ok_or(NO_SUCH_TIME)?,
                ClockChange::AdvanceSeconds(by) => {
                    let by = TimeDelta::seconds(i64::from(by));
                    super::advance_clock(state, by).ok_or(NO_SUCH_TIME)?;
                }
                ClockChange::Reset(true) => state.clock.reset(),
                ClockChange::Reset(false) => {}
            }
            json!({ "now": state.clock.now() })
        }
        ("GET", "faults") => json!(state.faults.rules()),
        ("POST", "faults") => {
            state.faults.set(read(body)?);
            json!(state.faults.rules())
        }
        ("PUT", "faults") => {
            state.faults.replace(read::<Vec<Rule>>(body)?);
            json!(state.faults.rules())
        }
        ("DELETE", "faults") => {
            state.faults.clear();
            json!([])
        }
        ("GET", "scenarios") => json!(scenarios::scenarios()),
        ("POST", "scenario") => {
            let key: Key = read(body)?;
            let found = scenarios::find(&key.key)
                .ok_or((StatusCode::NOT_FOUND, "There is no such scenario.\n"))?;
            state.faults.replace(found.rules.clone());
            json!(found)
        }
        ("POST", "repeats") => {
            if !tell(&Repeats { state }, read(body)?) {
                return Err((StatusCode::NOT_FOUND, "There is no such request.\n"));
            }
            json!({})
        }
        ("GET", "log") => json!(state.log.entries()),
        ("DELETE", "log") => {
            state.log.clear();
            json!([])
        }
        ("GET", "written") => json!(state.store.written()),
        ("GET", "lifetimes") => json!(state.smart.lifetimes()),
        ("PUT", "lifetimes") => {
            state.smart.set_lifetimes(read::<Lifetimes>(body)?);
            json!(state.smart.lifetimes())
        }
        ("DELETE", "sessions") => {
            state.smart.revoke_all();
            json!({})
        }
        ("POST", "reset") => {
            super::reset(state);
            json!({})
        }
        _ => return Err((StatusCode::NOT_FOUND, "There is nothing at this address.\n")),
    })
}

/// Whether there was a request to say it of.
fn tell(repeats: &Repeats<'_>, told: RepeatsTold) -> bool {
    match told {
        RepeatsTold::One {
            patient,
            task,
            says: Says::Practice(says),
        } => repeats.say(&patient, &task, says),
        RepeatsTold::One {
            patient,
            task,
            says: Says::Pharmacy { pharmacy },
        } => repeats.pharmacy(&patient, &task, &pharmacy),
        RepeatsTold::All { hold } => {
            if hold {
                repeats.hold();
            } else {
                repeats.let_go();
            }
            true
        }
    }
}

fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|_| {
        (
            StatusCode::UNPROCESSABLE_ENTITY,
            "The body is not what is expected here.\n",
        )
    })
}
