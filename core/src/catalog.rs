//! All calls of both vendors, with one row for each call.
//!
//! A row names a call, the struct of its input, and the type of its output. The struct states the route. Macros generate three
//! things from these rows: the impls of [`Endpoint`](crate::endpoint::Endpoint), the registry [`ENDPOINTS`], and calls by name
//! ([`Service::call_by_name`](crate::Service::call_by_name)). Every binding uses the rows through
//! [`for_each_endpoint!`](crate::for_each_endpoint) and [`for_each_model!`](crate::for_each_model).

use alloc::vec::Vec;

use crate::schema::{HasSchema, OpenEnum, Schema, Type};
use crate::zagely::webhook::{EVENT_TYPES, EventName};

/// Passes the rows of the catalog to a macro.
///
/// `for_each_endpoint!(my_macro)` expands to `my_macro! { … }` with, for each vendor and group, the rows `verb: Struct
/// -> Output;`. Tokens after the macro's name are passed in front of the rows, in brackets.
#[macro_export]
macro_rules! for_each_endpoint {
    ($callback:path $(, $($context:tt)*)?) => {
        $callback! {
            [ $($($context)*)? ]
            zagely {
                account {
                    health: CheckHealth -> [Health];
                    me: GetAccount -> [Account];
                }
                messages {
                    send: SendMessage -> [QueuedMessage];
                    list: ListMessages -> [Page<Message>];
                }
                sessions {
                    list: ListSessions -> [Page<Session>];
                    get: GetSession -> [Session];
                    create: CreateSession -> [Session];
                    update: UpdateSession -> [Session];
                    qr_code: GetQrCode -> [QrCode];
                    disconnect: DisconnectSession -> [Session];
                    delete: DeleteSession -> [Acknowledgement];
                }
                contacts {
                    list: ListContacts -> [Page<Contact>];
                    create: CreateContact -> [Contact];
                    get: GetContact -> [Contact];
                    update: UpdateContact -> [Contact];
                    delete: DeleteContact -> [Acknowledgement];
                    block: BlockContact -> [Contact];
                    unblock: UnblockContact -> [Contact];
                    import: ImportContacts -> [Job];
                    export: ExportContacts -> [Job];
                }
                contact_groups {
                    list: ListContactGroups -> [Page<ContactGroup>];
                    create: CreateContactGroup -> [ContactGroup];
                    get: GetContactGroup -> [ContactGroup];
                    update: UpdateContactGroup -> [ContactGroup];
                    delete: DeleteContactGroup -> [Acknowledgement];
                    add_contacts: AddGroupContacts -> [Acknowledgement];
                    remove_contacts: RemoveGroupContacts -> [Acknowledgement];
                }
                templates {
                    create: CreateTemplate -> [MessageTemplate];
                    preview: PreviewTemplate -> [TemplatePreview];
                }
                campaigns {
                    create: CreateCampaign -> [Campaign];
                    update: UpdateCampaign -> [Campaign];
                    delete: DeleteCampaign -> [Acknowledgement];
                    start: StartCampaign -> [Campaign];
                    pause: PauseCampaign -> [Campaign];
                    resume: ResumeCampaign -> [Campaign];
                    cancel: CancelCampaign -> [Campaign];
                    stats: GetCampaignStats -> [CampaignStats];
                }
                automations {
                    list: ListAutomations -> [Page<Automation>];
                    create: CreateAutomation -> [Automation];
                    get: GetAutomation -> [Automation];
                    update: UpdateAutomation -> [Automation];
                    delete: DeleteAutomation -> [Acknowledgement];
                    toggle: ToggleAutomation -> [Automation];
                }
                analytics {
                    overview: GetOverview -> [Overview];
                    campaigns: GetCampaignAnalytics -> [CampaignAnalytics];
                    sessions: GetSessionAnalytics -> [SessionAnalytics];
                    contacts: GetContactAnalytics -> [ContactAnalytics];
                    message_activity: GetMessageActivity -> [Vec<MessageActivity>];
                }
                webhooks {
                    list: ListWebhooks -> [Page<RegisteredWebhook>];
                    create: CreateWebhook -> [RegisteredWebhook];
                    get: GetWebhook -> [RegisteredWebhook];
                    update: UpdateWebhook -> [RegisteredWebhook];
                    delete: DeleteWebhook -> [Acknowledgement];
                    deliveries: ListDeliveries -> [Page<WebhookDelivery>];
                    test: TestWebhook -> [Acknowledgement];
                }
            }
            wazaj {
                messages {
                    send_text: SendText -> [SentMessage];
                    send_template: SendTemplate -> [SentMessage];
                }
            }
        }
    };
}

/// Passes every other declared type to a macro: the records and the open enums inside calls, outputs and events.
///
/// `for_each_model!(my_macro)` expands to `my_macro! { … }` with the names of the records and of the open enums of each
/// public module. Tokens after the macro's name are passed in front of the names, in brackets.
#[macro_export]
macro_rules! for_each_model {
    ($callback:path $(, $($context:tt)*)?) => {
        $callback! {
            [ $($($context)*)? ]
            zagely {
                records {
                    Health Account Usage Limits Remaining
                    QueuedMessage Message MessageContact MessageSession
                    Session QrCode Acknowledgement
                    Contact ContactGroupName Job
                    GroupFilters ContactGroup
                    MessageTemplate TemplatePreview
                    Campaign CampaignStats
                    Automation
                    Overview CampaignAnalytics CampaignSummary SessionAnalytics SessionSummary
                    ContactAnalytics ContactStats ContactGrowth MessageActivity
                    RegisteredWebhook WebhookDelivery
                }
                enums {
                    Channel MessageType Direction MessageStatus SessionStatus ContactSort SortOrder GroupType
                    TargetType CampaignStatus TriggerType
                }
            }
            wazaj {
                records { SentMessage }
                enums { }
            }
            webhook {
                records {
                    ReceivedMessage EventContact MessageData CampaignData ContactData SessionData TestData
                }
                enums { EventName }
            }
        }
    };
}

/// Passes every declared type to a macro: the calls, the records and the open enums.
///
/// `for_each_type!(my_macro)` expands to `my_macro! { … }` with the calls of each vendor in brackets, followed by the
/// modules as in [`for_each_model!`](crate::for_each_model).
#[macro_export]
macro_rules! for_each_type {
    ($callback:path) => {
        $crate::for_each_endpoint!($crate::__with_models, $callback);
    };
}

/// The second half of `for_each_type!`. It is not part of the public interface.
#[doc(hidden)]
#[macro_export]
macro_rules! __with_models {
    (
        [ $callback:path ]
        $( $vendor:ident { $( $group:ident { $( $verb:ident: $call:ident -> [$output:ty]; )* } )* } )*
    ) => {
        $crate::for_each_model!($callback, $( $vendor { $( $( $call )* )* } )*);
    };
}

/// The declared types as data.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct DeclaredTypes {
    /// The structs, each with the public module that it belongs to: a vendor's name, or `webhook`.
    pub structs: Vec<(&'static Schema, &'static str)>,
    /// The open enums.
    pub enums: Vec<&'static OpenEnum>,
}

impl DeclaredTypes {
    /// Collects the types of all calls, of their output, and of the deliveries, each once.
    #[must_use]
    pub fn all() -> Self {
        let mut found = Self::default();
        for spec in ENDPOINTS {
            found.add_struct(spec.input, spec.vendor.name);
            found.add(&spec.output, spec.vendor.name);
        }
        for event in EVENT_TYPES {
            found.add(&event.data, "webhook");
        }
        found.add(&<EventName as HasSchema>::TYPE, "webhook");
        found
    }

    fn add(&mut self, of: &'static Type, module: &'static str) {
        match of {
            Type::List(inner) | Type::Page(inner) | Type::Nullable(inner) => self.add(inner, module),
            Type::Model(schema) => self.add_struct(schema, module),
            Type::Enum(open) if self.enums.iter().all(|known| known.name != open.name) => {
                self.enums.push(open)
            }
            _ => {}
        }
    }

    fn add_struct(&mut self, schema: &'static Schema, module: &'static str) {
        if self.structs.iter().all(|(known, _)| known.name != schema.name) {
            self.structs.push((schema, module));
            schema.fields.iter().for_each(|field| self.add(&field.kind, module));
        }
    }
}

/// Generates the trait impls and the registry.
macro_rules! generate {
    ([] $( $vendor:ident { $( $group:ident { $( $verb:ident: $call:ident -> [$output:ty]; )* } )* } )*) => {
        $( mod $vendor {
            #[allow(unused_imports, reason = "one vendor has no lists")]
            use alloc::vec::Vec;

            use crate::$vendor::*;
            use crate::codec::output::Output;
            use crate::endpoint::{Call, Endpoint, EndpointSpec, Vendor};
            #[allow(unused_imports, reason = "one vendor has no lists")]
            use crate::codec::output::page::Page;
            use crate::schema::HasSchema;

            $( $(
                impl Endpoint for $call {
                    type Vendor = crate::$vendor::Credentials;
                    type Output = $output;
                    const SPEC: &'static EndpointSpec = &EndpointSpec::new(
                        <crate::$vendor::Credentials as Vendor>::INFO,
                        surface(<$call as Call>::ROUTE.path),
                        [concat!(stringify!($group), ".", stringify!($verb)), stringify!($group), stringify!($verb)],
                        <$call as Call>::ROUTE,
                        <$call as HasSchema>::TYPE,
                        <$output as HasSchema>::TYPE,
                        <$output as Output>::CUSTOM_DECODING,
                    );
                }
            )* )*

        } )*

        /// All calls, in the order of the vendors' pages.
        pub const ENDPOINTS: &[&crate::endpoint::EndpointSpec] = &[
            $( $( $( <crate::$vendor::$call as crate::endpoint::Endpoint>::SPEC, )* )* )*
        ];
    };
}
for_each_endpoint!(generate);
