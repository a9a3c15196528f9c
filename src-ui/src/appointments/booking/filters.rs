//! The form that narrows the free times: first day, way of meeting, clinician, kind.

use hale_contracts::appointments::{Channel, SlotsView};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::flow::{BookingFlow, Filters};
use super::rules::{self, DayFault};
use crate::components::{Button, ButtonKind, Details, Select, SelectItem, SummarisedError};
use crate::wording::{self, Lang, lang, london_today, td_string};

/// What there is to choose from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Choices {
    channels: Vec<Channel>,
    clinicians: Vec<String>,
    services: Vec<String>,
}

impl Choices {
    /// The choices of a window of days. What is chosen already stays a choice, even where these days
    /// have none of it: the form must show what is in force.
    pub(crate) fn of(view: Option<&SlotsView>, filters: &Filters) -> Self {
        let mut choices = view.map_or_else(Self::default, |view| Self {
            channels: view.channels.clone(),
            clinicians: view.clinicians.clone(),
            services: view.services.clone(),
        });
        add(&mut choices.channels, filters.channel);
        add(&mut choices.clinicians, filters.clinician.clone());
        add(&mut choices.services, filters.service.clone());
        choices
    }
}

fn add<T: PartialEq>(choices: &mut Vec<T>, chosen: Option<T>) {
    if let Some(chosen) = chosen
        && !choices.contains(&chosen)
    {
        choices.push(chosen);
    }
}

/// The form. Nothing changes until its button is pressed.
#[component]
pub(crate) fn FilterForm(
    /// What there is to choose from.
    choices: Choices,
    /// Where what is wrong is put.
    errors: RwSignal<Vec<SummarisedError>>,
    /// Looks for times.
    #[prop(into)]
    find: Callback<()>,
) -> impl IntoView {
    let lang = lang();
    let flow = BookingFlow::expect();
    let now = flow.filters.get_untracked();
    let [day, month, year] =
        rules::day_fields(now.from.unwrap_or_else(london_today)).map(RwSignal::new);
    let channel = RwSignal::new(
        now.channel
            .map(channel_value)
            .unwrap_or_default()
            .to_owned(),
    );
    let clinician = RwSignal::new(now.clinician.unwrap_or_default());
    let service = RwSignal::new(now.service.unwrap_or_default());

    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let fields = [day, month, year].map(|field| field.get_untracked());
        match rules::read_day(&fields[0], &fields[1], &fields[2], london_today()) {
            Err(fault) => errors.set(vec![SummarisedError {
                field: Some("from-day".to_owned()),
                text: day_fault(lang, fault).to_owned(),
            }]),
            Ok(from) => {
                errors.set(Vec::new());
                flow.filters.set(Filters {
                    from: Some(from),
                    channel: channel_of(&channel.get_untracked()),
                    clinician: filled(clinician.get_untracked()),
                    service: filled(service.get_untracked()),
                });
                find.run(());
            }
        }
    };
    let channels = any(td_string!(lang, appointments.find.any_channel))
        .into_iter()
        .chain(choices.channels.into_iter().map(|channel| SelectItem {
            value: channel_value(channel).to_owned(),
            label: wording::channel(lang, channel).to_owned(),
        }))
        .collect();
    let named = |any_label: &'static str, names: Vec<String>| {
        any(any_label)
            .into_iter()
            .chain(names.into_iter().map(|name| SelectItem {
                value: name.clone(),
                label: name,
            }))
            .collect::<Vec<_>>()
    };
    let clinicians = named(
        td_string!(lang, appointments.find.any_clinician),
        choices.clinicians,
    );
    let services = named(
        td_string!(lang, appointments.find.any_service),
        choices.services,
    );
    view! {
        <div id="times-filters">
            <Details summary=td_string!(lang, appointments.find.filters)>
                <form novalidate on:submit=submit>
                    <DayField day month year errors />
                    <Select
                        id="channel"
                        label=td_string!(lang, appointments.find.channel)
                        items=channels
                        value=channel
                    />
                    <Select
                        id="clinician"
                        label=td_string!(lang, appointments.find.clinician)
                        items=clinicians
                        value=clinician
                    />
                    <Select
                        id="service"
                        label=td_string!(lang, appointments.find.service)
                        items=services
                        value=service
                    />
                    <Button id="find-times" kind=ButtonKind::Secondary>
                        {td_string!(lang, appointments.find.show)}
                    </Button>
                </form>
            </Details>
        </div>
    }
}

/// The design system's date input.
#[component]
fn DayField(
    day: RwSignal<String>,
    month: RwSignal<String>,
    year: RwSignal<String>,
    errors: RwSignal<Vec<SummarisedError>>,
) -> impl IntoView {
    let lang = lang();
    let error =
        Memo::new(move |_| errors.with(|errors| errors.first().map(|error| error.text.clone())));
    let has_error = move || error.with(Option::is_some);
    let part = move |id: &'static str,
                     label: &'static str,
                     width: &'static str,
                     value: RwSignal<String>| {
        view! {
            <div class="nhsuk-date-input__item">
                <div class="nhsuk-form-group">
                    <label class="nhsuk-label nhsuk-date-input__label" for=id>
                        {label}
                    </label>
                    <input
                        class=move || {
                            let error = if has_error() { " nhsuk-input--error" } else { "" };
                            format!("nhsuk-input nhsuk-date-input__input nhsuk-input--width-{width}{error}")
                        }
                        id=id
                        name=id
                        type="text"
                        inputmode="numeric"
                        prop:value=move || value.get()
                        on:input:target=move |event| value.set(event.target().value())
                    />
                </div>
            </div>
        }
    };
    view! {
        <div class=move || {
            if has_error() { "nhsuk-form-group nhsuk-form-group--error" } else { "nhsuk-form-group" }
        }>
            <fieldset
                class="nhsuk-fieldset"
                role="group"
                aria-describedby=move || {
                    if has_error() { "from-hint from-error" } else { "from-hint" }
                }
            >
                <legend class="nhsuk-fieldset__legend">
                    {td_string!(lang, appointments.find.from_legend)}
                </legend>
                <div class="nhsuk-hint" id="from-hint">
                    {td_string!(lang, appointments.find.from_hint)}
                </div>
                {move || {
                    error
                        .get()
                        .map(|words| {
                            view! {
                                <span class="nhsuk-error-message" id="from-error">
                                    <span class="nhsuk-u-visually-hidden">
                                        {td_string!(lang, common.error_prefix)}
                                    </span>
                                    {words}
                                </span>
                            }
                        })
                }}
                <div class="nhsuk-date-input" id="from">
                    {part("from-day", td_string!(lang, appointments.find.day), "2", day)}
                    {part("from-month", td_string!(lang, appointments.find.month), "2", month)}
                    {part("from-year", td_string!(lang, appointments.find.year), "4", year)}
                </div>
            </fieldset>
        </div>
    }
}

fn day_fault(lang: Lang, fault: DayFault) -> &'static str {
    match fault {
        DayFault::NotADate => td_string!(lang, appointments.find.date_invalid),
        DayFault::Past => td_string!(lang, appointments.find.date_past),
        DayFault::TooFar => td_string!(lang, appointments.find.date_far),
    }
}

fn any(label: &'static str) -> Option<SelectItem> {
    Some(SelectItem {
        value: String::new(),
        label: label.to_owned(),
    })
}

fn filled(value: String) -> Option<String> {
    (!value.is_empty()).then_some(value)
}

fn channel_value(channel: Channel) -> &'static str {
    match channel {
        Channel::InPerson => "in_person",
        Channel::Telephone => "telephone",
        Channel::Video => "video",
    }
}

fn channel_of(value: &str) -> Option<Channel> {
    [Channel::InPerson, Channel::Telephone, Channel::Video]
        .into_iter()
        .find(|channel| channel_value(*channel) == value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_force_stays_a_choice_where_these_days_have_none_of_it() {
        let filters = Filters {
            from: None,
            channel: Some(Channel::Video),
            clinician: Some("Dr Ada Byrne".to_owned()),
            service: None,
        };
        let choices = Choices::of(None, &filters);
        assert_eq!(choices.channels, [Channel::Video]);
        assert_eq!(choices.clinicians, ["Dr Ada Byrne"]);
        assert!(choices.services.is_empty());
    }

    #[test]
    fn a_way_of_meeting_survives_the_form() {
        for channel in [Channel::InPerson, Channel::Telephone, Channel::Video] {
            assert_eq!(channel_of(channel_value(channel)), Some(channel));
        }
        assert_eq!(channel_of(""), None);
    }
}
