# Written by `cargo xtask stubs`; change core's catalog and types instead.
"""The calls, stamped from the catalog: for each vendor its groups, and for each group its verbs."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Concatenate, Generic, Literal, ParamSpec, TypedDict, TypeVar, overload, type_check_only

from typing_extensions import Self, Unpack

from . import _hudhud
from ._hudhud import Absent, Page, Reply, Request, Retry

_P = ParamSpec("_P")
_T = TypeVar("_T")

@type_check_only
class Options(TypedDict, total=False):
    """What every call takes beside its fields."""

    idempotency_key: str | None
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] | None
    extra: Mapping[str, Any] | None
    checks: bool | None
    retry: Retry | None

class Group:
    """Some calls of a client."""

    def __init__(self, client: Any) -> None: ...

class Items(Generic[_T]):
    """The items of all pages of a list. Each page is asked for when it is needed; each `for` begins anew."""

    def __iter__(self) -> Iterator[_T]: ...
    def pages(self) -> Iterator[Page[_T]]:
        """The pages themselves."""

class AsyncItems(Generic[_T]):
    """The items of all pages of a list. Each page is asked for when it is needed; each `async for` begins anew."""

    def __aiter__(self) -> AsyncIterator[_T]: ...
    def pages(self) -> AsyncIterator[Page[_T]]:
        """The pages themselves."""

@type_check_only
class _verb(Generic[_P, _T]):
    def __init__(self, call: Callable[Concatenate[Any, _P], _T]) -> None: ...
    @overload
    def __get__(self, group: None, owner: type[Group]) -> Self: ...
    @overload
    def __get__(self, group: Group, owner: type[Group]) -> Self: ...
    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> _T: ...
    def request(self, *args: _P.args, **kwargs: _P.kwargs) -> Request[_T]:
        """The request of the call, for whoever sends it otherwise; its `decode` reads the answer."""

    def decode(self, status: int, headers: _hudhud._Headers, body: _hudhud._Body) -> _T:
        """Decodes a recorded response without the call's fields; returns the answer."""

    def decode_reply(self, status: int, headers: _hudhud._Headers, body: _hudhud._Body) -> Reply[_T]:
        """Decodes a recorded response without the call's fields; returns the answer with its metadata."""

    def reply(self, *args: _P.args, **kwargs: _P.kwargs) -> Reply[_T]:
        """Makes the call, and returns the answer with its metadata and the response it came in."""

@type_check_only
class _list(Generic[_P, _T]):
    def __init__(self, call: Callable[Concatenate[Any, _P], _T]) -> None: ...
    @overload
    def __get__(self, group: None, owner: type[Group]) -> Self: ...
    @overload
    def __get__(self, group: Group, owner: type[Group]) -> Self: ...
    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> Items[_T]: ...
    def request(self, *args: _P.args, **kwargs: _P.kwargs) -> Request[Page[_T]]:
        """The request of the call, for whoever sends it otherwise; its `decode` reads the answer."""

    def decode(self, status: int, headers: _hudhud._Headers, body: _hudhud._Body) -> Page[_T]:
        """Decodes a recorded response without the call's fields; returns the answer."""

    def decode_reply(self, status: int, headers: _hudhud._Headers, body: _hudhud._Body) -> Reply[Page[_T]]:
        """Decodes a recorded response without the call's fields; returns the answer with its metadata."""

    def reply(self, *args: _P.args, **kwargs: _P.kwargs) -> Reply[Page[_T]]:
        """Asks for one page, and returns it with its metadata and the response it came in."""

@type_check_only
class _async_verb(Generic[_P, _T]):
    def __init__(self, call: Callable[Concatenate[Any, _P], _T]) -> None: ...
    @overload
    def __get__(self, group: None, owner: type[Group]) -> Self: ...
    @overload
    def __get__(self, group: Group, owner: type[Group]) -> Self: ...
    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> Coroutine[Any, Any, _T]: ...
    def request(self, *args: _P.args, **kwargs: _P.kwargs) -> Request[_T]:
        """The request of the call, for whoever sends it otherwise; its `decode` reads the answer."""

    def decode(self, status: int, headers: _hudhud._Headers, body: _hudhud._Body) -> _T:
        """Decodes a recorded response without the call's fields; returns the answer."""

    def decode_reply(self, status: int, headers: _hudhud._Headers, body: _hudhud._Body) -> Reply[_T]:
        """Decodes a recorded response without the call's fields; returns the answer with its metadata."""

    def reply(self, *args: _P.args, **kwargs: _P.kwargs) -> Coroutine[Any, Any, Reply[_T]]:
        """Makes the call, and returns the answer with its metadata and the response it came in."""

@type_check_only
class _async_list(Generic[_P, _T]):
    def __init__(self, call: Callable[Concatenate[Any, _P], _T]) -> None: ...
    @overload
    def __get__(self, group: None, owner: type[Group]) -> Self: ...
    @overload
    def __get__(self, group: Group, owner: type[Group]) -> Self: ...
    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> AsyncItems[_T]: ...
    def request(self, *args: _P.args, **kwargs: _P.kwargs) -> Request[Page[_T]]:
        """The request of the call, for whoever sends it otherwise; its `decode` reads the answer."""

    def decode(self, status: int, headers: _hudhud._Headers, body: _hudhud._Body) -> Page[_T]:
        """Decodes a recorded response without the call's fields; returns the answer."""

    def decode_reply(self, status: int, headers: _hudhud._Headers, body: _hudhud._Body) -> Reply[Page[_T]]:
        """Decodes a recorded response without the call's fields; returns the answer with its metadata."""

    def reply(self, *args: _P.args, **kwargs: _P.kwargs) -> Coroutine[Any, Any, Reply[Page[_T]]]:
        """Asks for one page, and returns it with its metadata and the response it came in."""

def groups(client: Any) -> None: ...

class ZagelyAccount(Group):
    """The calls `account.…`."""
    @_verb
    def health(self, **options: Unpack[Options]) -> _hudhud.Health:
        """Asks whether the service is up.

        Returns `Health`, also for 503: that the database is down is the answer, not a failure of the call.

        Source: Zagely, "/api/v1/health".

        **Route:** `GET /api/v1/health`. **Ability:** none; no key is sent. Inferred, not stated by the vendor: method.
        """
    @_verb
    def me(self, **options: Unpack[Options]) -> _hudhud.Account:
        """Reads the key in use: its abilities, bound session, limits and usage.

        Returns `Account`. Errors: 401 for keys that are missing, wrong, inactive or expired.

        Source: Zagely, "/api/v1/me".

        **Route:** `GET /api/v1/me`. **Ability:** none stated. Inferred, not stated by the vendor: method.
        """

class ZagelyMessages(Group):
    """The calls `messages.…`."""
    @_verb
    def send(self, *, channel: _hudhud._Channel | None = None, to: str | None = None, message: str | None = None, type: _hudhud._MessageType | None = None, session_id: str | None = None, media_url: str | None = None, contact_id: str | None = None, telegram_chat_id: str | None = None, **options: Unpack[Options]) -> _hudhud.QueuedMessage:
        """Sends a message through a channel. It is queued: the answer comes at once, delivery is told by webhooks.

        Returns `QueuedMessage`. Errors: 401; 403 `insufficient_ability`; 422 with the fields at fault; 429 for the
        minute's limit or a quota; 503. `Wazaj` is the other way to WhatsApp.

        Source: Zagely, "/api/v1/messages/send".

        **Route:** `POST /api/v1/messages/send`. **Ability:** `messages.send`. Safe to repeat: it carries an idempotency key.

        Args:
            channel: The channel to send through. The vendor's page says that v1 carries `whatsapp` for now. Sent as `whatsapp` when absent.
            to: The recipient's phone number, in E.164: `+15551234567`. Required when `channel` is `whatsapp`. Spaces, dashes and invisible marks are dropped, other scripts' digits become ASCII. Refused without `+` and country code, with decimals (`.0`), an exponent or a `(0)`.
            message: The text; of a medium, the caption. White space at its ends is probably lost on the way (inferred from the framework behind the vendor). No greatest length is stated. Required when `type` is `text`.
            type: The type of message. The vendor takes `text` when absent.
            session_id: The session to send from. Needed unless the key is bound to one.
            media_url: Where the medium is found by anybody. Required unless `type` is `text`.
            contact_id: The recipient on channels other than WhatsApp. Inferred: named in the vendor's table of channels, not in that of this call.
            telegram_chat_id: The recipient on Telegram, instead of `contact_id`. Inferred: named in the vendor's table of channels, not in that of this call.
        """
    @_list
    def list(self, *, channel: _hudhud._Channel | None = None, session_id: str | None = None, contact_id: str | None = None, direction: _hudhud._Direction | None = None, page: int | None = None, **options: Unpack[Options]) -> _hudhud.Message:
        """Lists messages, 50 to a page.

        Returns `Page` of `Message`.

        Source: Zagely, "/api/v1/messages".

        **Route:** `GET /api/v1/messages`. **Ability:** `messages.read`.

        Args:
            channel: Only those of this channel.
            session_id: Only those of this session.
            contact_id: Only those to and from this contact.
            direction: Only those received, or only those sent.
            page: The page, from 1. Sent only from 2 on. Inferred: the framework's name for it; the vendor's page gives none.
        """

class ZagelySessions(Group):
    """The calls `sessions.…`."""
    @_list
    def list(self, *, page: int | None = None, **options: Unpack[Options]) -> _hudhud.Session:
        """Lists the workspace's sessions.

        Returns `Page` of `Session`.

        Source: Zagely, "/api/v1/sessions".

        **Route:** `GET /api/v1/sessions`. **Ability:** `sessions.read`. Inferred, not stated by the vendor: method.

        Args:
            page: The page, from 1. Sent only from 2 on. Inferred: the framework's name for it; the vendor's page gives none.
        """
    @_verb
    def get(self, *, session_id: str, **options: Unpack[Options]) -> _hudhud.Session:
        """Reads a session's live status.

        Returns `Session` (inferred; at least its status). Errors: 404.

        Source: Zagely, "/api/v1/sessions/{session}".

        **Route:** `GET /api/v1/sessions/{session_id}`. **Ability:** `sessions.read`. Inferred, not stated by the vendor: method, ability.

        Args:
            session_id: The session.
        """
    @_verb
    def create(self, *, name: str, phone_number: str | None = None, **options: Unpack[Options]) -> _hudhud.Session:
        """Creates a session and begins to connect it: the answer holds the QR code to scan.

        Returns `Session` with `qr_code`.

        Source: Zagely, "/api/whatsapp/sessions".

        **Route:** `POST /api/whatsapp/sessions`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            name: A name for people. At most 255 characters.
            phone_number: The number expected. For information; the scan sets the real one. Spaces, dashes and invisible marks are dropped, other scripts' digits become ASCII. Refused with decimals (`.0`), an exponent or a `(0)`.
        """
    @_verb
    def update(self, *, session_id: str, name: str | None | Absent = ..., description: str | None | Absent = ..., daily_limit: int | None | Absent = ..., warmup_enabled: bool | None | Absent = ..., warmup_start_limit: int | None | Absent = ..., warmup_max_limit: int | None | Absent = ..., warmup_days: int | None | Absent = ..., simulate_typing: bool | None | Absent = ..., **options: Unpack[Options]) -> _hudhud.Session:
        """Changes a session's settings. Only what is sent changes.

        Returns `Session` (inferred). Errors: 404, 422.

        Source: Zagely, "/api/whatsapp/sessions/{session}".

        **Route:** `PUT /api/whatsapp/sessions/{session_id}`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Sent as PUT unless the client is set to PATCH; a 405 swaps them once. Inferred, not stated by the vendor: method.

        Args:
            session_id: The session.
            name: A name for people.
            description: A description.
            daily_limit: The most messages a day. At least 1.
            warmup_enabled: Whether sending starts slowly and grows.
            warmup_start_limit: Messages a day at the start of that.
            warmup_max_limit: Messages a day at its end.
            warmup_days: How many days it lasts.
            simulate_typing: Whether to seem to type before each message.
        """
    @_verb
    def qr_code(self, *, session_id: str, **options: Unpack[Options]) -> _hudhud.QrCode:
        """Reads the current QR code. To be asked again and again while the status is `connecting`.

        Returns `QrCode` (inferred).

        Source: Zagely, "/api/whatsapp/sessions/{session}/qr".

        **Route:** `GET /api/whatsapp/sessions/{session_id}/qr`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            session_id: The session.
        """
    @_verb
    def disconnect(self, *, session_id: str, **options: Unpack[Options]) -> _hudhud.Session:
        """Disconnects a session; its status becomes `disconnected`.

        Returns `Session` (inferred).

        Source: Zagely, "/api/whatsapp/sessions/{session}/disconnect".

        **Route:** `POST /api/whatsapp/sessions/{session_id}/disconnect`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            session_id: The session.
        """
    @_verb
    def delete(self, *, session_id: str, **options: Unpack[Options]) -> _hudhud.Acknowledgement:
        """Disconnects a session and deletes it for good.

        Returns `Acknowledgement`.

        Source: Zagely, "/api/whatsapp/sessions/{session}".

        **Route:** `DELETE /api/whatsapp/sessions/{session_id}`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            session_id: The session.
        """

class ZagelyContacts(Group):
    """The calls `contacts.…`."""
    @_list
    def list(self, *, search: str | None = None, tags: Sequence[str] | None = None, is_blocked: bool | None = None, opted_out: bool | None = None, group_id: str | None = None, sort_by: _hudhud._ContactSort | None = None, sort_order: _hudhud._SortOrder | None = None, per_page: int | None = None, page: int | None = None, **options: Unpack[Options]) -> _hudhud.Contact:
        """Lists contacts, by default 50 to a page and the newest first.

        Returns `Page` of `Contact`.

        Source: Zagely, "/api/v1/contacts".

        **Route:** `GET /api/v1/contacts`. **Ability:** `contacts.read`. Inferred, not stated by the vendor: method.

        Args:
            search: A part of a name, phone number or e-mail address.
            tags: Only contacts that have all of these tags.
            is_blocked: With `true`, only blocked contacts.
            opted_out: With `true`, only contacts that have opted out.
            group_id: Only contacts of this group.
            sort_by: What to sort by. Default `created_at`.
            sort_order: In which direction. Default `desc`.
            per_page: How many to a page. Default 50. From 1 to 200.
            page: The page, from 1. Sent only from 2 on. Inferred: the framework's name for it; the vendor's page gives none.
        """
    @_verb
    def create(self, *, phone_number: str, name: str | None = None, email: str | None = None, tags: Sequence[str] | None = None, notes: str | None = None, custom_fields: dict[str, Any] | None = None, **options: Unpack[Options]) -> _hudhud.Contact:
        """Creates a contact.

        Returns `Contact` (inferred). Errors: 422 if the workspace has a contact with that phone number.

        Source: Zagely, "/api/v1/contacts".

        **Route:** `POST /api/v1/contacts`. **Ability:** `contacts.write`. Safe to repeat: it carries an idempotency key.

        Args:
            phone_number: The phone number; E.164 is recommended: `+15551234567`. Spaces, dashes and invisible marks are dropped, other scripts' digits become ASCII. Refused with decimals (`.0`), an exponent or a `(0)`.
            name: A name. The vendor takes the phone number when absent.
            email: An e-mail address.
            tags: Tags.
            notes: Notes.
            custom_fields: Fields of one's own, by name: what templates call by that name.
        """
    @_verb
    def get(self, *, contact_id: str, **options: Unpack[Options]) -> _hudhud.Contact:
        """Reads a contact, with its last 10 messages and all its groups.

        Returns `Contact`. Errors: 404.

        Source: Zagely, "/api/v1/contacts/{contact}".

        **Route:** `GET /api/v1/contacts/{contact_id}`. **Ability:** `contacts.read`. Inferred, not stated by the vendor: method, ability.

        Args:
            contact_id: The contact.
        """
    @_verb
    def update(self, *, contact_id: str, phone_number: str | None | Absent = ..., name: str | None | Absent = ..., email: str | None | Absent = ..., tags: Sequence[str] | None | Absent = ..., notes: str | None | Absent = ..., custom_fields: dict[str, Any] | None | Absent = ..., **options: Unpack[Options]) -> _hudhud.Contact:
        """Changes a contact. Only what is sent changes.

        Returns `Contact` (inferred). Errors: 404, 422.

        Source: Zagely, "/api/v1/contacts/{contact}".

        **Route:** `PUT /api/v1/contacts/{contact_id}`. **Ability:** `contacts.write`. Safe to repeat: it carries an idempotency key. Sent as PUT unless the client is set to PATCH; a 405 swaps them once. Inferred, not stated by the vendor: method, ability.

        Args:
            contact_id: The contact.
            phone_number: The phone number. Spaces, dashes and invisible marks are dropped, other scripts' digits become ASCII. Refused with decimals (`.0`), an exponent or a `(0)`.
            name: A name.
            email: An e-mail address.
            tags: Tags.
            notes: Notes.
            custom_fields: Fields of one's own, by name.
        """
    @_verb
    def delete(self, *, contact_id: str, **options: Unpack[Options]) -> _hudhud.Acknowledgement:
        """Deletes a contact for good, with all that is linked to it.

        Returns `Acknowledgement`. Errors: 404.

        Source: Zagely, "/api/v1/contacts/{contact}".

        **Route:** `DELETE /api/v1/contacts/{contact_id}`. **Ability:** `contacts.write`. Safe to repeat: it carries an idempotency key. Inferred, not stated by the vendor: method, ability.

        Args:
            contact_id: The contact.
        """
    @_verb
    def block(self, *, contact_id: str, **options: Unpack[Options]) -> _hudhud.Contact:
        """Blocks a contact: campaigns no longer reach it.

        Returns `Contact` (inferred).

        Source: Zagely, "/api/contacts/{contact}/block".

        **Route:** `POST /api/contacts/{contact_id}/block`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            contact_id: The contact.
        """
    @_verb
    def unblock(self, *, contact_id: str, **options: Unpack[Options]) -> _hudhud.Contact:
        """Unblocks a contact.

        Returns `Contact` (inferred).

        Source: Zagely, "/api/contacts/{contact}/unblock".

        **Route:** `POST /api/contacts/{contact_id}/unblock`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            contact_id: The contact.
        """
    @_verb
    def import_(self, *, file: _hudhud._File, file_name: str | None = None, field_name: str | None = None, **options: Unpack[Options]) -> _hudhud.Job:
        """Imports contacts from a CSV or XLSX file, in the background.

        Returns `Job`, with status 202.

        The body is a form with one file. Experimental: that it is a form, and the name of its field, are inferred.

        Source: Zagely, "/api/contacts/import".

        **Route:** `POST /api/contacts/import`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method, body.

        Args:
            file: The bytes of the file.
            file_name: The name of the file; its ending tells CSV from XLSX. Sent as `contacts.csv` when absent.
            field_name: The name of the form's field. Sent as `file` when absent. Inferred: the usual name; the vendor's page gives none.
        """
    @_verb
    def export(self, *, search: str | None = None, tags: Sequence[str] | None = None, is_blocked: bool | None = None, opted_out: bool | None = None, group_id: str | None = None, sort_by: _hudhud._ContactSort | None = None, sort_order: _hudhud._SortOrder | None = None, **options: Unpack[Options]) -> _hudhud.Job:
        """Exports contacts, in the background. The filters are those of `ListContacts`.

        Returns `Job`, with status 202.

        Source: Zagely, "/api/contacts/export".

        **Route:** `POST /api/contacts/export`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method, fields.

        Args:
            search: A part of a name, phone number or e-mail address.
            tags: Only contacts that have all of these tags.
            is_blocked: With `true`, only blocked contacts.
            opted_out: With `true`, only contacts that have opted out.
            group_id: Only contacts of this group.
            sort_by: What to sort by.
            sort_order: In which direction.
        """

class ZagelyContactGroups(Group):
    """The calls `contact_groups.…`."""
    @_list
    def list(self, *, page: int | None = None, **options: Unpack[Options]) -> _hudhud.ContactGroup:
        """Lists groups, each with the number of its contacts.

        Returns `Page` of `ContactGroup`.

        Source: Zagely, "/api/v1/contact-groups".

        **Route:** `GET /api/v1/contact-groups`. **Ability:** `contacts.read`. Inferred, not stated by the vendor: method, ability.

        Args:
            page: The page, from 1. Sent only from 2 on. Inferred: the framework's name for it; the vendor's page gives none.
        """
    @_verb
    def create(self, *, name: str, type: _hudhud._GroupType, description: str | None = None, filters: _hudhud.GroupFilters | None = None, **options: Unpack[Options]) -> _hudhud.ContactGroup:
        """Creates a group.

        Returns `ContactGroup` (inferred). Errors: 422.

        Source: Zagely, "/api/v1/contact-groups".

        **Route:** `POST /api/v1/contact-groups`. **Ability:** `contacts.write`. Safe to repeat: it carries an idempotency key.

        Args:
            name: A name for people. At most 255 characters.
            type: Whether it is filled by hand or by filters.
            description: A description.
            filters: Who belongs to it. Required when `type` is `dynamic`.
        """
    @_verb
    def get(self, *, group_id: str, **options: Unpack[Options]) -> _hudhud.ContactGroup:
        """Reads a group, with its first 100 contacts.

        Returns `ContactGroup`. Errors: 404.

        Source: Zagely, "/api/v1/contact-groups/{group}".

        **Route:** `GET /api/v1/contact-groups/{group_id}`. **Ability:** `contacts.read`. Inferred, not stated by the vendor: method, ability.

        Args:
            group_id: The group.
        """
    @_verb
    def update(self, *, group_id: str, name: str | None | Absent = ..., description: str | None | Absent = ..., filters: _hudhud.GroupFilters | None | Absent = ..., **options: Unpack[Options]) -> _hudhud.ContactGroup:
        """Changes a group's name, description or filters. Only what is sent changes.

        Returns `ContactGroup` (inferred). Errors: 404, 422.

        Source: Zagely, "/api/v1/contact-groups/{group}".

        **Route:** `PUT /api/v1/contact-groups/{group_id}`. **Ability:** `contacts.write`. Safe to repeat: it carries an idempotency key. Sent as PUT unless the client is set to PATCH; a 405 swaps them once. Inferred, not stated by the vendor: method, ability.

        Args:
            group_id: The group.
            name: A name for people. At most 255 characters.
            description: A description.
            filters: Who belongs to it.
        """
    @_verb
    def delete(self, *, group_id: str, **options: Unpack[Options]) -> _hudhud.Acknowledgement:
        """Deletes a group. Its contacts stay.

        Returns `Acknowledgement`. Errors: 404.

        Source: Zagely, "/api/v1/contact-groups/{group}".

        **Route:** `DELETE /api/v1/contact-groups/{group_id}`. **Ability:** `contacts.write`. Safe to repeat: it carries an idempotency key. Inferred, not stated by the vendor: method, ability.

        Args:
            group_id: The group.
        """
    @_verb
    def add_contacts(self, *, group_id: str, contact_ids: Sequence[str] | None = None, phone_numbers: Sequence[str] | None = None, **options: Unpack[Options]) -> _hudhud.Acknowledgement:
        """Adds contacts to a static group, by id, by phone number, or both.

        Returns `Acknowledgement`.

        Source: Zagely, "/api/v1/contact-groups/{group}/contacts".

        **Route:** `POST /api/v1/contact-groups/{group_id}/contacts`. **Ability:** `contacts.write`. Safe to repeat: it carries an idempotency key. Inferred, not stated by the vendor: ability.

        Args:
            group_id: The group.
            contact_ids: Contacts by their ids. That one of the two lists is needed is inferred. Required when `phone_numbers` is not given.
            phone_numbers: Contacts by their phone numbers. Required when `contact_ids` is not given. Spaces, dashes and invisible marks are dropped, other scripts' digits become ASCII. Refused with decimals (`.0`), an exponent or a `(0)`.
        """
    @_verb
    def remove_contacts(self, *, group_id: str, contact_ids: Sequence[str] | None = None, phone_numbers: Sequence[str] | None = None, **options: Unpack[Options]) -> _hudhud.Acknowledgement:
        """Takes contacts out of a static group, by id, by phone number, or both.

        Returns `Acknowledgement`.

        It is a DELETE with a body, which a transport must be able to send.

        Source: Zagely, "/api/v1/contact-groups/{group}/contacts".

        **Route:** `DELETE /api/v1/contact-groups/{group_id}/contacts`. **Ability:** `contacts.write`. Safe to repeat: it carries an idempotency key. Inferred, not stated by the vendor: method, ability.

        Args:
            group_id: The group.
            contact_ids: Contacts by their ids. That one of the two lists is needed is inferred. Required when `phone_numbers` is not given.
            phone_numbers: Contacts by their phone numbers. Required when `contact_ids` is not given. Spaces, dashes and invisible marks are dropped, other scripts' digits become ASCII. Refused with decimals (`.0`), an exponent or a `(0)`.
        """

class ZagelyTemplates(Group):
    """The calls `templates.…`."""
    @_verb
    def create(self, *, name: str, channel: _hudhud._Channel, content: str, media_url: str | None = None, buttons: Sequence[Any] | None = None, variables: Sequence[str] | None = None, **options: Unpack[Options]) -> _hudhud.MessageTemplate:
        """Creates a template.

        Returns `MessageTemplate`, with status 201. Errors: 422 if the workspace has a template of that name.

        Source: Zagely, "/api/templates".

        **Route:** `POST /api/templates`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            name: A name that no other template of the workspace has.
            channel: The channel it is for, or `all`.
            content: The text, with `{{variables}}`.
            media_url: A medium that goes with it.
            buttons: Buttons for quick replies or actions; the vendor does not state what such an object looks like.
            variables: The names of the variables. The vendor finds them in the text when absent.
        """
    @_verb
    def preview(self, *, template_id: str, contact_id: str | None = None, variables: dict[str, Any] | None = None, **options: Unpack[Options]) -> _hudhud.TemplatePreview:
        """Has the vendor render a template: for a contact, or with values.

        Returns `TemplatePreview`. `render` does nearly the same without asking;
        what the vendor does with missing variables is not stated.

        Source: Zagely, "/api/templates/{template}/preview".

        **Route:** `POST /api/templates/{template_id}/preview`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            template_id: The template.
            contact_id: The contact whose fields are filled in.
            variables: Values by name.
        """

class ZagelyCampaigns(Group):
    """The calls `campaigns.…`."""
    @_verb
    def create(self, *, name: str, message_content: str, target_type: _hudhud._TargetType, channel: _hudhud._Channel | None = None, session_id: str | None = None, media_url: str | None = None, buttons: Sequence[Any] | None = None, target_filters: dict[str, Any] | None = None, scheduled_at: datetime | str | None = None, **options: Unpack[Options]) -> _hudhud.Campaign:
        """Creates a campaign, as a draft.

        Returns `Campaign` (inferred). Errors: 422.

        Source: Zagely, "/api/v1/campaigns".

        **Route:** `POST /api/v1/campaigns`. **Ability:** `campaigns.write`. Safe to repeat: it carries an idempotency key.

        Args:
            name: A name for people. At most 255 characters.
            channel: The channel; every one but `instagram` and `all`. The vendor takes `whatsapp` when absent.
            session_id: The session or bot to send from. Required unless `channel` is `email`.
            message_content: The text, with `{{variables}}`.
            target_type: Who gets it.
            media_url: A medium that goes with it.
            buttons: Buttons for quick replies; the vendor does not state what such an object looks like.
            target_filters: The group or the filters: `group_id`, `tags` and others. Required when `target_type` is `group` or `filter`.
            scheduled_at: When it starts by itself: ISO 8601, in the future.
        """
    @_verb
    def update(self, *, campaign_id: str, name: str | None | Absent = ..., channel: _hudhud._Channel | None | Absent = ..., session_id: str | None | Absent = ..., message_content: str | None | Absent = ..., target_type: _hudhud._TargetType | None | Absent = ..., media_url: str | None | Absent = ..., buttons: Sequence[Any] | None | Absent = ..., target_filters: dict[str, Any] | None | Absent = ..., scheduled_at: datetime | str | None | Absent = ..., **options: Unpack[Options]) -> _hudhud.Campaign:
        """Changes a campaign that is a draft or scheduled. Only what is sent changes (inferred).

        Returns `Campaign` (inferred). Errors: 404; the one for a campaign in another state is not stated.

        Source: Zagely, "/api/campaigns/{campaign}".

        **Route:** `PUT /api/campaigns/{campaign_id}`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Sent as PUT unless the client is set to PATCH; a 405 swaps them once. Inferred, not stated by the vendor: method, fields.

        Args:
            campaign_id: The campaign.
            name: A name for people. At most 255 characters.
            channel: The channel.
            session_id: The session or bot to send from.
            message_content: The text, with `{{variables}}`.
            target_type: Who gets it.
            media_url: A medium that goes with it.
            buttons: Buttons for quick replies.
            target_filters: The group or the filters.
            scheduled_at: When it starts by itself: ISO 8601, in the future.
        """
    @_verb
    def delete(self, *, campaign_id: str, **options: Unpack[Options]) -> _hudhud.Acknowledgement:
        """Deletes a campaign that is a draft, scheduled or canceled.

        Returns `Acknowledgement`.

        Source: Zagely, "/api/campaigns/{campaign}".

        **Route:** `DELETE /api/campaigns/{campaign_id}`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            campaign_id: The campaign.
        """
    @_verb
    def start(self, *, campaign_id: str, **options: Unpack[Options]) -> _hudhud.Campaign:
        """Starts a campaign that is a draft, scheduled or paused.

        Returns `Campaign` (inferred).

        Source: Zagely, "/api/v1/campaigns/{campaign}/start".

        **Route:** `POST /api/v1/campaigns/{campaign_id}/start`. **Ability:** `campaigns.write`. Safe to repeat: it carries an idempotency key. Inferred, not stated by the vendor: method.

        Args:
            campaign_id: The campaign.
        """
    @_verb
    def pause(self, *, campaign_id: str, **options: Unpack[Options]) -> _hudhud.Campaign:
        """Pauses a campaign that runs.

        Returns `Campaign` (inferred).

        Source: Zagely, "/api/campaigns/{campaign}/pause".

        **Route:** `POST /api/campaigns/{campaign_id}/pause`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            campaign_id: The campaign.
        """
    @_verb
    def resume(self, *, campaign_id: str, **options: Unpack[Options]) -> _hudhud.Campaign:
        """Lets a paused campaign run on. `StartCampaign` does the same with keys alone.

        Returns `Campaign` (inferred).

        Source: Zagely, "/api/campaigns/{campaign}/resume".

        **Route:** `POST /api/campaigns/{campaign_id}/resume`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            campaign_id: The campaign.
        """
    @_verb
    def cancel(self, *, campaign_id: str, **options: Unpack[Options]) -> _hudhud.Campaign:
        """Cancels a campaign that is scheduled, runs or is paused.

        Returns `Campaign` (inferred).

        Source: Zagely, "/api/campaigns/{campaign}/cancel".

        **Route:** `POST /api/campaigns/{campaign_id}/cancel`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            campaign_id: The campaign.
        """
    @_verb
    def stats(self, *, campaign_id: str, **options: Unpack[Options]) -> _hudhud.CampaignStats:
        """Reads how a campaign fares.

        Returns `CampaignStats`.

        Source: Zagely, "/api/campaigns/{campaign}/stats".

        **Route:** `GET /api/campaigns/{campaign_id}/stats`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            campaign_id: The campaign.
        """

class ZagelyAutomations(Group):
    """The calls `automations.…`."""
    @_list
    def list(self, *, session_id: str | None = None, is_active: bool | None = None, trigger_type: _hudhud._TriggerType | None = None, page: int | None = None, **options: Unpack[Options]) -> _hudhud.Automation:
        """Lists automations.

        Returns `Page` of `Automation`; whether it comes in pages is not stated.

        Source: Zagely, "/api/automations".

        **Route:** `GET /api/automations`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            session_id: Only those of this session.
            is_active: Only those that are on, or only those that are off.
            trigger_type: Only those of this trigger.
            page: The page, from 1. Sent only from 2 on. Inferred: the framework's name for it; the vendor's page gives none.
        """
    @_verb
    def create(self, *, session_id: str, name: str, trigger_type: _hudhud._TriggerType, response_content: str, channel: _hudhud._Channel | None = None, trigger_value: str | None = None, response_media_url: str | None = None, response_buttons: Sequence[Any] | None = None, conditions: dict[str, Any] | None = None, priority: int | None = None, **options: Unpack[Options]) -> _hudhud.Automation:
        """Creates an automation.

        Returns `Automation` (inferred). Errors: 422.

        Source: Zagely, "/api/automations".

        **Route:** `POST /api/automations`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            session_id: The session or bot it listens on.
            name: A name for people. At most 255 characters.
            channel: The channel, or `all`. The vendor takes `whatsapp` when absent.
            trigger_type: What sets it off.
            trigger_value: The keyword. Required when `trigger_type` is `keyword`.
            response_content: The reply, with `{{variables}}`.
            response_media_url: A medium that goes with the reply.
            response_buttons: Buttons for quick replies; the vendor does not state what such an object looks like.
            conditions: Further conditions; the vendor does not state which.
            priority: The higher, the earlier it is tried. From 0 to 100. The vendor takes `0` when absent.
        """
    @_verb
    def get(self, *, automation_id: str, **options: Unpack[Options]) -> _hudhud.Automation:
        """Reads an automation, with its last 50 trigger logs.

        Returns `Automation`. Errors: 404.

        Source: Zagely, "/api/automations/{automation}".

        **Route:** `GET /api/automations/{automation_id}`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            automation_id: The automation.
        """
    @_verb
    def update(self, *, automation_id: str, session_id: str | None | Absent = ..., name: str | None | Absent = ..., channel: _hudhud._Channel | None | Absent = ..., trigger_type: _hudhud._TriggerType | None | Absent = ..., trigger_value: str | None | Absent = ..., response_content: str | None | Absent = ..., response_media_url: str | None | Absent = ..., response_buttons: Sequence[Any] | None | Absent = ..., conditions: dict[str, Any] | None | Absent = ..., priority: int | None | Absent = ..., is_active: bool | None | Absent = ..., **options: Unpack[Options]) -> _hudhud.Automation:
        """Changes any field of an automation. Only what is sent changes (inferred).

        Returns `Automation` (inferred). Errors: 404, 422.

        Source: Zagely, "/api/automations/{automation}".

        **Route:** `PUT /api/automations/{automation_id}`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Sent as PUT unless the client is set to PATCH; a 405 swaps them once. Inferred, not stated by the vendor: method.

        Args:
            automation_id: The automation.
            session_id: The session or bot it listens on.
            name: A name for people. At most 255 characters.
            channel: The channel, or `all`.
            trigger_type: What sets it off.
            trigger_value: The keyword.
            response_content: The reply, with `{{variables}}`.
            response_media_url: A medium that goes with the reply.
            response_buttons: Buttons for quick replies.
            conditions: Further conditions.
            priority: The higher, the earlier it is tried. From 0 to 100.
            is_active: Whether it is on. Inferred: shown by the list's filter and by toggle.
        """
    @_verb
    def delete(self, *, automation_id: str, **options: Unpack[Options]) -> _hudhud.Acknowledgement:
        """Deletes an automation.

        Returns `Acknowledgement`.

        Source: Zagely, "/api/automations/{automation}".

        **Route:** `DELETE /api/automations/{automation_id}`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            automation_id: The automation.
        """
    @_verb
    def toggle(self, *, automation_id: str, **options: Unpack[Options]) -> _hudhud.Automation:
        """Turns an automation on if it is off, and off if it is on. Done twice it is undone, so it is never sent again
        unless the first one surely had no effect.

        Returns `Automation` (inferred).

        Source: Zagely, "/api/automations/{automation}/toggle".

        **Route:** `POST /api/automations/{automation_id}/toggle`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            automation_id: The automation.
        """

class ZagelyAnalytics(Group):
    """The calls `analytics.…`."""
    @_verb
    def overview(self, **options: Unpack[Options]) -> _hudhud.Overview:
        """Reads the figures at a glance.

        Returns `Overview`.

        Source: Zagely, "/api/analytics/overview".

        **Route:** `GET /api/analytics/overview`. **Ability:** `campaigns.read`. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.
        """
    @_verb
    def campaigns(self, *, from_date: str | None = None, to_date: str | None = None, **options: Unpack[Options]) -> _hudhud.CampaignAnalytics:
        """Reads how campaigns were delivered.

        Returns `CampaignAnalytics`.

        Source: Zagely, "/api/analytics/campaigns".

        **Route:** `GET /api/analytics/campaigns`. **Ability:** `campaigns.read`. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            from_date: The first day.
            to_date: The last day.
        """
    @_verb
    def sessions(self, *, from_date: str | None = None, to_date: str | None = None, **options: Unpack[Options]) -> _hudhud.SessionAnalytics:
        """Reads what sessions sent.

        Returns `SessionAnalytics`.

        Source: Zagely, "/api/analytics/sessions".

        **Route:** `GET /api/analytics/sessions`. **Ability:** `campaigns.read`. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            from_date: The first day.
            to_date: The last day.
        """
    @_verb
    def contacts(self, *, from_date: str | None = None, to_date: str | None = None, **options: Unpack[Options]) -> _hudhud.ContactAnalytics:
        """Reads how contacts grew, by default over the last 30 days.

        Returns `ContactAnalytics`.

        Source: Zagely, "/api/analytics/contacts".

        **Route:** `GET /api/analytics/contacts`. **Ability:** `campaigns.read`. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            from_date: The first day.
            to_date: The last day.
        """
    @_verb
    def message_activity(self, *, from_date: str | None = None, to_date: str | None = None, **options: Unpack[Options]) -> list[_hudhud.MessageActivity]:
        """Reads messages by hour and direction, by default over the last 7 days.

        Returns a list of `MessageActivity`, which does not come in pages.

        Source: Zagely, "/api/analytics/message-activity".

        **Route:** `GET /api/analytics/message-activity`. **Ability:** `campaigns.read`. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            from_date: The first day.
            to_date: The last day.
        """

class ZagelyWebhooks(Group):
    """The calls `webhooks.…`."""
    @_list
    def list(self, *, page: int | None = None, **options: Unpack[Options]) -> _hudhud.Webhook:
        """Lists the workspace's webhooks.

        Returns `Page` of `Webhook`; whether it comes in pages is not stated.

        Source: Zagely, "/api/v1/webhooks".

        **Route:** `GET /api/v1/webhooks`. **Ability:** `webhooks.read`. Inferred, not stated by the vendor: method.

        Args:
            page: The page, from 1. Sent only from 2 on. Inferred: the framework's name for it; the vendor's page gives none.
        """
    @_verb
    def create(self, *, url: str, events: Sequence[_hudhud._EventName] | None = None, secret: str | None = None, is_active: bool | None = None, **options: Unpack[Options]) -> _hudhud.Webhook:
        """Registers a webhook.

        Returns `Webhook` (inferred). If no secret is given, the vendor makes one; its only showing is probably this
        answer, so keep it.

        Source: Zagely, "/api/v1/webhooks".

        **Route:** `POST /api/v1/webhooks`. **Ability:** `webhooks.write`. Safe to repeat: it carries an idempotency key. Inferred, not stated by the vendor: method, fields.

        Args:
            url: Where deliveries go.
            events: Which events are delivered.
            secret: What deliveries are signed with.
            is_active: Whether it is on.
        """
    @_verb
    def get(self, *, webhook_id: str, **options: Unpack[Options]) -> _hudhud.Webhook:
        """Reads a webhook.

        Returns `Webhook` (inferred). Errors: 404.

        Source: Zagely, "/api/v1/webhooks/{id}".

        **Route:** `GET /api/v1/webhooks/{webhook_id}`. **Ability:** `webhooks.read`. Inferred, not stated by the vendor: method.

        Args:
            webhook_id: The webhook.
        """
    @_verb
    def update(self, *, webhook_id: str, url: str | None | Absent = ..., events: Sequence[_hudhud._EventName] | None | Absent = ..., secret: str | None | Absent = ..., is_active: bool | None | Absent = ..., **options: Unpack[Options]) -> _hudhud.Webhook:
        """Changes a webhook's URL, events or state. Only what is sent changes (inferred).

        Returns `Webhook` (inferred). Errors: 404, 422.

        Source: Zagely, "/api/v1/webhooks/{id}".

        **Route:** `PUT /api/v1/webhooks/{webhook_id}`. **Ability:** `webhooks.write`. Safe to repeat: it carries an idempotency key. Sent as PUT unless the client is set to PATCH; a 405 swaps them once. Inferred, not stated by the vendor: method, fields.

        Args:
            webhook_id: The webhook.
            url: Where deliveries go.
            events: Which events are delivered.
            secret: What deliveries are signed with.
            is_active: Whether it is on.
        """
    @_verb
    def delete(self, *, webhook_id: str, **options: Unpack[Options]) -> _hudhud.Acknowledgement:
        """Removes a webhook.

        Returns `Acknowledgement`. Errors: 404.

        Source: Zagely, "/api/v1/webhooks/{id}".

        **Route:** `DELETE /api/v1/webhooks/{webhook_id}`. **Ability:** `webhooks.write`. Safe to repeat: it carries an idempotency key. Inferred, not stated by the vendor: method.

        Args:
            webhook_id: The webhook.
        """
    @_list
    def deliveries(self, *, webhook_id: str, page: int | None = None, **options: Unpack[Options]) -> _hudhud.WebhookDelivery:
        """Lists what was delivered, or was to be.

        Returns `Page` of `WebhookDelivery`.

        Source: Zagely, "/api/v1/webhooks/{id}/deliveries".

        **Route:** `GET /api/v1/webhooks/{webhook_id}/deliveries`. **Ability:** `webhooks.read`. Inferred, not stated by the vendor: method.

        Args:
            webhook_id: The webhook.
            page: The page, from 1. Sent only from 2 on. Inferred: the framework's name for it; the vendor's page gives none.
        """
    @_verb
    def test(self, *, webhook_id: str, **options: Unpack[Options]) -> _hudhud.Acknowledgement:
        """Has a made-up `webhook.test` delivered.

        Returns `Acknowledgement`.

        Source: Zagely, "/api/v1/webhooks/{id}/test".

        **Route:** `POST /api/v1/webhooks/{webhook_id}/test`. **Ability:** `webhooks.write`. Safe to repeat: it carries an idempotency key. Inferred, not stated by the vendor: method.

        Args:
            webhook_id: The webhook.
        """

class ZagelyCalls:
    """The groups of calls."""
    account: ZagelyAccount
    messages: ZagelyMessages
    sessions: ZagelySessions
    contacts: ZagelyContacts
    contact_groups: ZagelyContactGroups
    templates: ZagelyTemplates
    campaigns: ZagelyCampaigns
    automations: ZagelyAutomations
    analytics: ZagelyAnalytics
    webhooks: ZagelyWebhooks

class WazajMessages(Group):
    """The calls `messages.…`."""
    @_verb
    def send_text(self, *, to: str, body: str, preview_url: bool | None = None, reply_to_meta_message_id: str | None | Absent = ..., **options: Unpack[Options]) -> _hudhud.SentMessage:
        """Sends a text.

        Returns `SentMessage`. Refused with 403 if the account is disconnected or blocked, with 422 for a bad field
        or a business rule (the error's code, such as `billing_send_denied`), with 503 while the module is not ready;
        only the last is tried again.

        Source: Wazaj, "1. Voye mesaj tèks".

        **Route:** `POST /messages/text`. **Ability:** none stated.

        Args:
            to: The recipient, in E.164: `+50912345678`. Spaces, dashes and invisible marks are dropped, other scripts' digits become ASCII. Refused without `+` and country code, with decimals (`.0`), an exponent or a `(0)`.
            body: The text. No greatest length is stated.
            preview_url: Whether the recipient sees a preview of a URL in the text.
            reply_to_meta_message_id: The Meta message id this text replies to; `null` is legal, and says that it replies to none.
        """
    @_verb
    def send_template(self, *, to: str, template_name: str, template_language: str, template_components: Sequence[Any] | None = None, **options: Unpack[Options]) -> _hudhud.SentMessage:
        """Sends a template that Meta has approved.

        Returns `SentMessage`. Errors are those of `SendText`, and 422 `templates_not_entitled` where the plan has
        no templates.

        Source: Wazaj, "2. Voye mesaj modèl".

        **Route:** `POST /messages/template`. **Ability:** none stated.

        Args:
            to: The recipient, in E.164: `+50912345678`. Spaces, dashes and invisible marks are dropped, other scripts' digits become ASCII. Refused without `+` and country code, with decimals (`.0`), an exponent or a `(0)`.
            template_name: The name of the approved template.
            template_language: The language of the template, such as `en`.
            template_components: Meta's components with their parameters, handed on as they are. `TemplateComponent` makes the usual ones.
        """

class WazajCalls:
    """The groups of calls."""
    messages: WazajMessages

class AsyncZagelyAccount(Group):
    """The calls `account.…`."""
    @_async_verb
    def health(self, **options: Unpack[Options]) -> _hudhud.Health:
        """Asks whether the service is up.

        Returns `Health`, also for 503: that the database is down is the answer, not a failure of the call.

        Source: Zagely, "/api/v1/health".

        **Route:** `GET /api/v1/health`. **Ability:** none; no key is sent. Inferred, not stated by the vendor: method.
        """
    @_async_verb
    def me(self, **options: Unpack[Options]) -> _hudhud.Account:
        """Reads the key in use: its abilities, bound session, limits and usage.

        Returns `Account`. Errors: 401 for keys that are missing, wrong, inactive or expired.

        Source: Zagely, "/api/v1/me".

        **Route:** `GET /api/v1/me`. **Ability:** none stated. Inferred, not stated by the vendor: method.
        """

class AsyncZagelyMessages(Group):
    """The calls `messages.…`."""
    @_async_verb
    def send(self, *, channel: _hudhud._Channel | None = None, to: str | None = None, message: str | None = None, type: _hudhud._MessageType | None = None, session_id: str | None = None, media_url: str | None = None, contact_id: str | None = None, telegram_chat_id: str | None = None, **options: Unpack[Options]) -> _hudhud.QueuedMessage:
        """Sends a message through a channel. It is queued: the answer comes at once, delivery is told by webhooks.

        Returns `QueuedMessage`. Errors: 401; 403 `insufficient_ability`; 422 with the fields at fault; 429 for the
        minute's limit or a quota; 503. `Wazaj` is the other way to WhatsApp.

        Source: Zagely, "/api/v1/messages/send".

        **Route:** `POST /api/v1/messages/send`. **Ability:** `messages.send`. Safe to repeat: it carries an idempotency key.

        Args:
            channel: The channel to send through. The vendor's page says that v1 carries `whatsapp` for now. Sent as `whatsapp` when absent.
            to: The recipient's phone number, in E.164: `+15551234567`. Required when `channel` is `whatsapp`. Spaces, dashes and invisible marks are dropped, other scripts' digits become ASCII. Refused without `+` and country code, with decimals (`.0`), an exponent or a `(0)`.
            message: The text; of a medium, the caption. White space at its ends is probably lost on the way (inferred from the framework behind the vendor). No greatest length is stated. Required when `type` is `text`.
            type: The type of message. The vendor takes `text` when absent.
            session_id: The session to send from. Needed unless the key is bound to one.
            media_url: Where the medium is found by anybody. Required unless `type` is `text`.
            contact_id: The recipient on channels other than WhatsApp. Inferred: named in the vendor's table of channels, not in that of this call.
            telegram_chat_id: The recipient on Telegram, instead of `contact_id`. Inferred: named in the vendor's table of channels, not in that of this call.
        """
    @_async_list
    def list(self, *, channel: _hudhud._Channel | None = None, session_id: str | None = None, contact_id: str | None = None, direction: _hudhud._Direction | None = None, page: int | None = None, **options: Unpack[Options]) -> _hudhud.Message:
        """Lists messages, 50 to a page.

        Returns `Page` of `Message`.

        Source: Zagely, "/api/v1/messages".

        **Route:** `GET /api/v1/messages`. **Ability:** `messages.read`.

        Args:
            channel: Only those of this channel.
            session_id: Only those of this session.
            contact_id: Only those to and from this contact.
            direction: Only those received, or only those sent.
            page: The page, from 1. Sent only from 2 on. Inferred: the framework's name for it; the vendor's page gives none.
        """

class AsyncZagelySessions(Group):
    """The calls `sessions.…`."""
    @_async_list
    def list(self, *, page: int | None = None, **options: Unpack[Options]) -> _hudhud.Session:
        """Lists the workspace's sessions.

        Returns `Page` of `Session`.

        Source: Zagely, "/api/v1/sessions".

        **Route:** `GET /api/v1/sessions`. **Ability:** `sessions.read`. Inferred, not stated by the vendor: method.

        Args:
            page: The page, from 1. Sent only from 2 on. Inferred: the framework's name for it; the vendor's page gives none.
        """
    @_async_verb
    def get(self, *, session_id: str, **options: Unpack[Options]) -> _hudhud.Session:
        """Reads a session's live status.

        Returns `Session` (inferred; at least its status). Errors: 404.

        Source: Zagely, "/api/v1/sessions/{session}".

        **Route:** `GET /api/v1/sessions/{session_id}`. **Ability:** `sessions.read`. Inferred, not stated by the vendor: method, ability.

        Args:
            session_id: The session.
        """
    @_async_verb
    def create(self, *, name: str, phone_number: str | None = None, **options: Unpack[Options]) -> _hudhud.Session:
        """Creates a session and begins to connect it: the answer holds the QR code to scan.

        Returns `Session` with `qr_code`.

        Source: Zagely, "/api/whatsapp/sessions".

        **Route:** `POST /api/whatsapp/sessions`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            name: A name for people. At most 255 characters.
            phone_number: The number expected. For information; the scan sets the real one. Spaces, dashes and invisible marks are dropped, other scripts' digits become ASCII. Refused with decimals (`.0`), an exponent or a `(0)`.
        """
    @_async_verb
    def update(self, *, session_id: str, name: str | None | Absent = ..., description: str | None | Absent = ..., daily_limit: int | None | Absent = ..., warmup_enabled: bool | None | Absent = ..., warmup_start_limit: int | None | Absent = ..., warmup_max_limit: int | None | Absent = ..., warmup_days: int | None | Absent = ..., simulate_typing: bool | None | Absent = ..., **options: Unpack[Options]) -> _hudhud.Session:
        """Changes a session's settings. Only what is sent changes.

        Returns `Session` (inferred). Errors: 404, 422.

        Source: Zagely, "/api/whatsapp/sessions/{session}".

        **Route:** `PUT /api/whatsapp/sessions/{session_id}`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Sent as PUT unless the client is set to PATCH; a 405 swaps them once. Inferred, not stated by the vendor: method.

        Args:
            session_id: The session.
            name: A name for people.
            description: A description.
            daily_limit: The most messages a day. At least 1.
            warmup_enabled: Whether sending starts slowly and grows.
            warmup_start_limit: Messages a day at the start of that.
            warmup_max_limit: Messages a day at its end.
            warmup_days: How many days it lasts.
            simulate_typing: Whether to seem to type before each message.
        """
    @_async_verb
    def qr_code(self, *, session_id: str, **options: Unpack[Options]) -> _hudhud.QrCode:
        """Reads the current QR code. To be asked again and again while the status is `connecting`.

        Returns `QrCode` (inferred).

        Source: Zagely, "/api/whatsapp/sessions/{session}/qr".

        **Route:** `GET /api/whatsapp/sessions/{session_id}/qr`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            session_id: The session.
        """
    @_async_verb
    def disconnect(self, *, session_id: str, **options: Unpack[Options]) -> _hudhud.Session:
        """Disconnects a session; its status becomes `disconnected`.

        Returns `Session` (inferred).

        Source: Zagely, "/api/whatsapp/sessions/{session}/disconnect".

        **Route:** `POST /api/whatsapp/sessions/{session_id}/disconnect`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            session_id: The session.
        """
    @_async_verb
    def delete(self, *, session_id: str, **options: Unpack[Options]) -> _hudhud.Acknowledgement:
        """Disconnects a session and deletes it for good.

        Returns `Acknowledgement`.

        Source: Zagely, "/api/whatsapp/sessions/{session}".

        **Route:** `DELETE /api/whatsapp/sessions/{session_id}`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            session_id: The session.
        """

class AsyncZagelyContacts(Group):
    """The calls `contacts.…`."""
    @_async_list
    def list(self, *, search: str | None = None, tags: Sequence[str] | None = None, is_blocked: bool | None = None, opted_out: bool | None = None, group_id: str | None = None, sort_by: _hudhud._ContactSort | None = None, sort_order: _hudhud._SortOrder | None = None, per_page: int | None = None, page: int | None = None, **options: Unpack[Options]) -> _hudhud.Contact:
        """Lists contacts, by default 50 to a page and the newest first.

        Returns `Page` of `Contact`.

        Source: Zagely, "/api/v1/contacts".

        **Route:** `GET /api/v1/contacts`. **Ability:** `contacts.read`. Inferred, not stated by the vendor: method.

        Args:
            search: A part of a name, phone number or e-mail address.
            tags: Only contacts that have all of these tags.
            is_blocked: With `true`, only blocked contacts.
            opted_out: With `true`, only contacts that have opted out.
            group_id: Only contacts of this group.
            sort_by: What to sort by. Default `created_at`.
            sort_order: In which direction. Default `desc`.
            per_page: How many to a page. Default 50. From 1 to 200.
            page: The page, from 1. Sent only from 2 on. Inferred: the framework's name for it; the vendor's page gives none.
        """
    @_async_verb
    def create(self, *, phone_number: str, name: str | None = None, email: str | None = None, tags: Sequence[str] | None = None, notes: str | None = None, custom_fields: dict[str, Any] | None = None, **options: Unpack[Options]) -> _hudhud.Contact:
        """Creates a contact.

        Returns `Contact` (inferred). Errors: 422 if the workspace has a contact with that phone number.

        Source: Zagely, "/api/v1/contacts".

        **Route:** `POST /api/v1/contacts`. **Ability:** `contacts.write`. Safe to repeat: it carries an idempotency key.

        Args:
            phone_number: The phone number; E.164 is recommended: `+15551234567`. Spaces, dashes and invisible marks are dropped, other scripts' digits become ASCII. Refused with decimals (`.0`), an exponent or a `(0)`.
            name: A name. The vendor takes the phone number when absent.
            email: An e-mail address.
            tags: Tags.
            notes: Notes.
            custom_fields: Fields of one's own, by name: what templates call by that name.
        """
    @_async_verb
    def get(self, *, contact_id: str, **options: Unpack[Options]) -> _hudhud.Contact:
        """Reads a contact, with its last 10 messages and all its groups.

        Returns `Contact`. Errors: 404.

        Source: Zagely, "/api/v1/contacts/{contact}".

        **Route:** `GET /api/v1/contacts/{contact_id}`. **Ability:** `contacts.read`. Inferred, not stated by the vendor: method, ability.

        Args:
            contact_id: The contact.
        """
    @_async_verb
    def update(self, *, contact_id: str, phone_number: str | None | Absent = ..., name: str | None | Absent = ..., email: str | None | Absent = ..., tags: Sequence[str] | None | Absent = ..., notes: str | None | Absent = ..., custom_fields: dict[str, Any] | None | Absent = ..., **options: Unpack[Options]) -> _hudhud.Contact:
        """Changes a contact. Only what is sent changes.

        Returns `Contact` (inferred). Errors: 404, 422.

        Source: Zagely, "/api/v1/contacts/{contact}".

        **Route:** `PUT /api/v1/contacts/{contact_id}`. **Ability:** `contacts.write`. Safe to repeat: it carries an idempotency key. Sent as PUT unless the client is set to PATCH; a 405 swaps them once. Inferred, not stated by the vendor: method, ability.

        Args:
            contact_id: The contact.
            phone_number: The phone number. Spaces, dashes and invisible marks are dropped, other scripts' digits become ASCII. Refused with decimals (`.0`), an exponent or a `(0)`.
            name: A name.
            email: An e-mail address.
            tags: Tags.
            notes: Notes.
            custom_fields: Fields of one's own, by name.
        """
    @_async_verb
    def delete(self, *, contact_id: str, **options: Unpack[Options]) -> _hudhud.Acknowledgement:
        """Deletes a contact for good, with all that is linked to it.

        Returns `Acknowledgement`. Errors: 404.

        Source: Zagely, "/api/v1/contacts/{contact}".

        **Route:** `DELETE /api/v1/contacts/{contact_id}`. **Ability:** `contacts.write`. Safe to repeat: it carries an idempotency key. Inferred, not stated by the vendor: method, ability.

        Args:
            contact_id: The contact.
        """
    @_async_verb
    def block(self, *, contact_id: str, **options: Unpack[Options]) -> _hudhud.Contact:
        """Blocks a contact: campaigns no longer reach it.

        Returns `Contact` (inferred).

        Source: Zagely, "/api/contacts/{contact}/block".

        **Route:** `POST /api/contacts/{contact_id}/block`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            contact_id: The contact.
        """
    @_async_verb
    def unblock(self, *, contact_id: str, **options: Unpack[Options]) -> _hudhud.Contact:
        """Unblocks a contact.

        Returns `Contact` (inferred).

        Source: Zagely, "/api/contacts/{contact}/unblock".

        **Route:** `POST /api/contacts/{contact_id}/unblock`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            contact_id: The contact.
        """
    @_async_verb
    def import_(self, *, file: _hudhud._File, file_name: str | None = None, field_name: str | None = None, **options: Unpack[Options]) -> _hudhud.Job:
        """Imports contacts from a CSV or XLSX file, in the background.

        Returns `Job`, with status 202.

        The body is a form with one file. Experimental: that it is a form, and the name of its field, are inferred.

        Source: Zagely, "/api/contacts/import".

        **Route:** `POST /api/contacts/import`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method, body.

        Args:
            file: The bytes of the file.
            file_name: The name of the file; its ending tells CSV from XLSX. Sent as `contacts.csv` when absent.
            field_name: The name of the form's field. Sent as `file` when absent. Inferred: the usual name; the vendor's page gives none.
        """
    @_async_verb
    def export(self, *, search: str | None = None, tags: Sequence[str] | None = None, is_blocked: bool | None = None, opted_out: bool | None = None, group_id: str | None = None, sort_by: _hudhud._ContactSort | None = None, sort_order: _hudhud._SortOrder | None = None, **options: Unpack[Options]) -> _hudhud.Job:
        """Exports contacts, in the background. The filters are those of `ListContacts`.

        Returns `Job`, with status 202.

        Source: Zagely, "/api/contacts/export".

        **Route:** `POST /api/contacts/export`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method, fields.

        Args:
            search: A part of a name, phone number or e-mail address.
            tags: Only contacts that have all of these tags.
            is_blocked: With `true`, only blocked contacts.
            opted_out: With `true`, only contacts that have opted out.
            group_id: Only contacts of this group.
            sort_by: What to sort by.
            sort_order: In which direction.
        """

class AsyncZagelyContactGroups(Group):
    """The calls `contact_groups.…`."""
    @_async_list
    def list(self, *, page: int | None = None, **options: Unpack[Options]) -> _hudhud.ContactGroup:
        """Lists groups, each with the number of its contacts.

        Returns `Page` of `ContactGroup`.

        Source: Zagely, "/api/v1/contact-groups".

        **Route:** `GET /api/v1/contact-groups`. **Ability:** `contacts.read`. Inferred, not stated by the vendor: method, ability.

        Args:
            page: The page, from 1. Sent only from 2 on. Inferred: the framework's name for it; the vendor's page gives none.
        """
    @_async_verb
    def create(self, *, name: str, type: _hudhud._GroupType, description: str | None = None, filters: _hudhud.GroupFilters | None = None, **options: Unpack[Options]) -> _hudhud.ContactGroup:
        """Creates a group.

        Returns `ContactGroup` (inferred). Errors: 422.

        Source: Zagely, "/api/v1/contact-groups".

        **Route:** `POST /api/v1/contact-groups`. **Ability:** `contacts.write`. Safe to repeat: it carries an idempotency key.

        Args:
            name: A name for people. At most 255 characters.
            type: Whether it is filled by hand or by filters.
            description: A description.
            filters: Who belongs to it. Required when `type` is `dynamic`.
        """
    @_async_verb
    def get(self, *, group_id: str, **options: Unpack[Options]) -> _hudhud.ContactGroup:
        """Reads a group, with its first 100 contacts.

        Returns `ContactGroup`. Errors: 404.

        Source: Zagely, "/api/v1/contact-groups/{group}".

        **Route:** `GET /api/v1/contact-groups/{group_id}`. **Ability:** `contacts.read`. Inferred, not stated by the vendor: method, ability.

        Args:
            group_id: The group.
        """
    @_async_verb
    def update(self, *, group_id: str, name: str | None | Absent = ..., description: str | None | Absent = ..., filters: _hudhud.GroupFilters | None | Absent = ..., **options: Unpack[Options]) -> _hudhud.ContactGroup:
        """Changes a group's name, description or filters. Only what is sent changes.

        Returns `ContactGroup` (inferred). Errors: 404, 422.

        Source: Zagely, "/api/v1/contact-groups/{group}".

        **Route:** `PUT /api/v1/contact-groups/{group_id}`. **Ability:** `contacts.write`. Safe to repeat: it carries an idempotency key. Sent as PUT unless the client is set to PATCH; a 405 swaps them once. Inferred, not stated by the vendor: method, ability.

        Args:
            group_id: The group.
            name: A name for people. At most 255 characters.
            description: A description.
            filters: Who belongs to it.
        """
    @_async_verb
    def delete(self, *, group_id: str, **options: Unpack[Options]) -> _hudhud.Acknowledgement:
        """Deletes a group. Its contacts stay.

        Returns `Acknowledgement`. Errors: 404.

        Source: Zagely, "/api/v1/contact-groups/{group}".

        **Route:** `DELETE /api/v1/contact-groups/{group_id}`. **Ability:** `contacts.write`. Safe to repeat: it carries an idempotency key. Inferred, not stated by the vendor: method, ability.

        Args:
            group_id: The group.
        """
    @_async_verb
    def add_contacts(self, *, group_id: str, contact_ids: Sequence[str] | None = None, phone_numbers: Sequence[str] | None = None, **options: Unpack[Options]) -> _hudhud.Acknowledgement:
        """Adds contacts to a static group, by id, by phone number, or both.

        Returns `Acknowledgement`.

        Source: Zagely, "/api/v1/contact-groups/{group}/contacts".

        **Route:** `POST /api/v1/contact-groups/{group_id}/contacts`. **Ability:** `contacts.write`. Safe to repeat: it carries an idempotency key. Inferred, not stated by the vendor: ability.

        Args:
            group_id: The group.
            contact_ids: Contacts by their ids. That one of the two lists is needed is inferred. Required when `phone_numbers` is not given.
            phone_numbers: Contacts by their phone numbers. Required when `contact_ids` is not given. Spaces, dashes and invisible marks are dropped, other scripts' digits become ASCII. Refused with decimals (`.0`), an exponent or a `(0)`.
        """
    @_async_verb
    def remove_contacts(self, *, group_id: str, contact_ids: Sequence[str] | None = None, phone_numbers: Sequence[str] | None = None, **options: Unpack[Options]) -> _hudhud.Acknowledgement:
        """Takes contacts out of a static group, by id, by phone number, or both.

        Returns `Acknowledgement`.

        It is a DELETE with a body, which a transport must be able to send.

        Source: Zagely, "/api/v1/contact-groups/{group}/contacts".

        **Route:** `DELETE /api/v1/contact-groups/{group_id}/contacts`. **Ability:** `contacts.write`. Safe to repeat: it carries an idempotency key. Inferred, not stated by the vendor: method, ability.

        Args:
            group_id: The group.
            contact_ids: Contacts by their ids. That one of the two lists is needed is inferred. Required when `phone_numbers` is not given.
            phone_numbers: Contacts by their phone numbers. Required when `contact_ids` is not given. Spaces, dashes and invisible marks are dropped, other scripts' digits become ASCII. Refused with decimals (`.0`), an exponent or a `(0)`.
        """

class AsyncZagelyTemplates(Group):
    """The calls `templates.…`."""
    @_async_verb
    def create(self, *, name: str, channel: _hudhud._Channel, content: str, media_url: str | None = None, buttons: Sequence[Any] | None = None, variables: Sequence[str] | None = None, **options: Unpack[Options]) -> _hudhud.MessageTemplate:
        """Creates a template.

        Returns `MessageTemplate`, with status 201. Errors: 422 if the workspace has a template of that name.

        Source: Zagely, "/api/templates".

        **Route:** `POST /api/templates`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            name: A name that no other template of the workspace has.
            channel: The channel it is for, or `all`.
            content: The text, with `{{variables}}`.
            media_url: A medium that goes with it.
            buttons: Buttons for quick replies or actions; the vendor does not state what such an object looks like.
            variables: The names of the variables. The vendor finds them in the text when absent.
        """
    @_async_verb
    def preview(self, *, template_id: str, contact_id: str | None = None, variables: dict[str, Any] | None = None, **options: Unpack[Options]) -> _hudhud.TemplatePreview:
        """Has the vendor render a template: for a contact, or with values.

        Returns `TemplatePreview`. `render` does nearly the same without asking;
        what the vendor does with missing variables is not stated.

        Source: Zagely, "/api/templates/{template}/preview".

        **Route:** `POST /api/templates/{template_id}/preview`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            template_id: The template.
            contact_id: The contact whose fields are filled in.
            variables: Values by name.
        """

class AsyncZagelyCampaigns(Group):
    """The calls `campaigns.…`."""
    @_async_verb
    def create(self, *, name: str, message_content: str, target_type: _hudhud._TargetType, channel: _hudhud._Channel | None = None, session_id: str | None = None, media_url: str | None = None, buttons: Sequence[Any] | None = None, target_filters: dict[str, Any] | None = None, scheduled_at: datetime | str | None = None, **options: Unpack[Options]) -> _hudhud.Campaign:
        """Creates a campaign, as a draft.

        Returns `Campaign` (inferred). Errors: 422.

        Source: Zagely, "/api/v1/campaigns".

        **Route:** `POST /api/v1/campaigns`. **Ability:** `campaigns.write`. Safe to repeat: it carries an idempotency key.

        Args:
            name: A name for people. At most 255 characters.
            channel: The channel; every one but `instagram` and `all`. The vendor takes `whatsapp` when absent.
            session_id: The session or bot to send from. Required unless `channel` is `email`.
            message_content: The text, with `{{variables}}`.
            target_type: Who gets it.
            media_url: A medium that goes with it.
            buttons: Buttons for quick replies; the vendor does not state what such an object looks like.
            target_filters: The group or the filters: `group_id`, `tags` and others. Required when `target_type` is `group` or `filter`.
            scheduled_at: When it starts by itself: ISO 8601, in the future.
        """
    @_async_verb
    def update(self, *, campaign_id: str, name: str | None | Absent = ..., channel: _hudhud._Channel | None | Absent = ..., session_id: str | None | Absent = ..., message_content: str | None | Absent = ..., target_type: _hudhud._TargetType | None | Absent = ..., media_url: str | None | Absent = ..., buttons: Sequence[Any] | None | Absent = ..., target_filters: dict[str, Any] | None | Absent = ..., scheduled_at: datetime | str | None | Absent = ..., **options: Unpack[Options]) -> _hudhud.Campaign:
        """Changes a campaign that is a draft or scheduled. Only what is sent changes (inferred).

        Returns `Campaign` (inferred). Errors: 404; the one for a campaign in another state is not stated.

        Source: Zagely, "/api/campaigns/{campaign}".

        **Route:** `PUT /api/campaigns/{campaign_id}`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Sent as PUT unless the client is set to PATCH; a 405 swaps them once. Inferred, not stated by the vendor: method, fields.

        Args:
            campaign_id: The campaign.
            name: A name for people. At most 255 characters.
            channel: The channel.
            session_id: The session or bot to send from.
            message_content: The text, with `{{variables}}`.
            target_type: Who gets it.
            media_url: A medium that goes with it.
            buttons: Buttons for quick replies.
            target_filters: The group or the filters.
            scheduled_at: When it starts by itself: ISO 8601, in the future.
        """
    @_async_verb
    def delete(self, *, campaign_id: str, **options: Unpack[Options]) -> _hudhud.Acknowledgement:
        """Deletes a campaign that is a draft, scheduled or canceled.

        Returns `Acknowledgement`.

        Source: Zagely, "/api/campaigns/{campaign}".

        **Route:** `DELETE /api/campaigns/{campaign_id}`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            campaign_id: The campaign.
        """
    @_async_verb
    def start(self, *, campaign_id: str, **options: Unpack[Options]) -> _hudhud.Campaign:
        """Starts a campaign that is a draft, scheduled or paused.

        Returns `Campaign` (inferred).

        Source: Zagely, "/api/v1/campaigns/{campaign}/start".

        **Route:** `POST /api/v1/campaigns/{campaign_id}/start`. **Ability:** `campaigns.write`. Safe to repeat: it carries an idempotency key. Inferred, not stated by the vendor: method.

        Args:
            campaign_id: The campaign.
        """
    @_async_verb
    def pause(self, *, campaign_id: str, **options: Unpack[Options]) -> _hudhud.Campaign:
        """Pauses a campaign that runs.

        Returns `Campaign` (inferred).

        Source: Zagely, "/api/campaigns/{campaign}/pause".

        **Route:** `POST /api/campaigns/{campaign_id}/pause`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            campaign_id: The campaign.
        """
    @_async_verb
    def resume(self, *, campaign_id: str, **options: Unpack[Options]) -> _hudhud.Campaign:
        """Lets a paused campaign run on. `StartCampaign` does the same with keys alone.

        Returns `Campaign` (inferred).

        Source: Zagely, "/api/campaigns/{campaign}/resume".

        **Route:** `POST /api/campaigns/{campaign_id}/resume`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            campaign_id: The campaign.
        """
    @_async_verb
    def cancel(self, *, campaign_id: str, **options: Unpack[Options]) -> _hudhud.Campaign:
        """Cancels a campaign that is scheduled, runs or is paused.

        Returns `Campaign` (inferred).

        Source: Zagely, "/api/campaigns/{campaign}/cancel".

        **Route:** `POST /api/campaigns/{campaign_id}/cancel`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            campaign_id: The campaign.
        """
    @_async_verb
    def stats(self, *, campaign_id: str, **options: Unpack[Options]) -> _hudhud.CampaignStats:
        """Reads how a campaign fares.

        Returns `CampaignStats`.

        Source: Zagely, "/api/campaigns/{campaign}/stats".

        **Route:** `GET /api/campaigns/{campaign_id}/stats`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            campaign_id: The campaign.
        """

class AsyncZagelyAutomations(Group):
    """The calls `automations.…`."""
    @_async_list
    def list(self, *, session_id: str | None = None, is_active: bool | None = None, trigger_type: _hudhud._TriggerType | None = None, page: int | None = None, **options: Unpack[Options]) -> _hudhud.Automation:
        """Lists automations.

        Returns `Page` of `Automation`; whether it comes in pages is not stated.

        Source: Zagely, "/api/automations".

        **Route:** `GET /api/automations`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            session_id: Only those of this session.
            is_active: Only those that are on, or only those that are off.
            trigger_type: Only those of this trigger.
            page: The page, from 1. Sent only from 2 on. Inferred: the framework's name for it; the vendor's page gives none.
        """
    @_async_verb
    def create(self, *, session_id: str, name: str, trigger_type: _hudhud._TriggerType, response_content: str, channel: _hudhud._Channel | None = None, trigger_value: str | None = None, response_media_url: str | None = None, response_buttons: Sequence[Any] | None = None, conditions: dict[str, Any] | None = None, priority: int | None = None, **options: Unpack[Options]) -> _hudhud.Automation:
        """Creates an automation.

        Returns `Automation` (inferred). Errors: 422.

        Source: Zagely, "/api/automations".

        **Route:** `POST /api/automations`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            session_id: The session or bot it listens on.
            name: A name for people. At most 255 characters.
            channel: The channel, or `all`. The vendor takes `whatsapp` when absent.
            trigger_type: What sets it off.
            trigger_value: The keyword. Required when `trigger_type` is `keyword`.
            response_content: The reply, with `{{variables}}`.
            response_media_url: A medium that goes with the reply.
            response_buttons: Buttons for quick replies; the vendor does not state what such an object looks like.
            conditions: Further conditions; the vendor does not state which.
            priority: The higher, the earlier it is tried. From 0 to 100. The vendor takes `0` when absent.
        """
    @_async_verb
    def get(self, *, automation_id: str, **options: Unpack[Options]) -> _hudhud.Automation:
        """Reads an automation, with its last 50 trigger logs.

        Returns `Automation`. Errors: 404.

        Source: Zagely, "/api/automations/{automation}".

        **Route:** `GET /api/automations/{automation_id}`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            automation_id: The automation.
        """
    @_async_verb
    def update(self, *, automation_id: str, session_id: str | None | Absent = ..., name: str | None | Absent = ..., channel: _hudhud._Channel | None | Absent = ..., trigger_type: _hudhud._TriggerType | None | Absent = ..., trigger_value: str | None | Absent = ..., response_content: str | None | Absent = ..., response_media_url: str | None | Absent = ..., response_buttons: Sequence[Any] | None | Absent = ..., conditions: dict[str, Any] | None | Absent = ..., priority: int | None | Absent = ..., is_active: bool | None | Absent = ..., **options: Unpack[Options]) -> _hudhud.Automation:
        """Changes any field of an automation. Only what is sent changes (inferred).

        Returns `Automation` (inferred). Errors: 404, 422.

        Source: Zagely, "/api/automations/{automation}".

        **Route:** `PUT /api/automations/{automation_id}`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Sent as PUT unless the client is set to PATCH; a 405 swaps them once. Inferred, not stated by the vendor: method.

        Args:
            automation_id: The automation.
            session_id: The session or bot it listens on.
            name: A name for people. At most 255 characters.
            channel: The channel, or `all`.
            trigger_type: What sets it off.
            trigger_value: The keyword.
            response_content: The reply, with `{{variables}}`.
            response_media_url: A medium that goes with the reply.
            response_buttons: Buttons for quick replies.
            conditions: Further conditions.
            priority: The higher, the earlier it is tried. From 0 to 100.
            is_active: Whether it is on. Inferred: shown by the list's filter and by toggle.
        """
    @_async_verb
    def delete(self, *, automation_id: str, **options: Unpack[Options]) -> _hudhud.Acknowledgement:
        """Deletes an automation.

        Returns `Acknowledgement`.

        Source: Zagely, "/api/automations/{automation}".

        **Route:** `DELETE /api/automations/{automation_id}`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            automation_id: The automation.
        """
    @_async_verb
    def toggle(self, *, automation_id: str, **options: Unpack[Options]) -> _hudhud.Automation:
        """Turns an automation on if it is off, and off if it is on. Done twice it is undone, so it is never sent again
        unless the first one surely had no effect.

        Returns `Automation` (inferred).

        Source: Zagely, "/api/automations/{automation}/toggle".

        **Route:** `POST /api/automations/{automation_id}/toggle`. **Ability:** none stated. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            automation_id: The automation.
        """

class AsyncZagelyAnalytics(Group):
    """The calls `analytics.…`."""
    @_async_verb
    def overview(self, **options: Unpack[Options]) -> _hudhud.Overview:
        """Reads the figures at a glance.

        Returns `Overview`.

        Source: Zagely, "/api/analytics/overview".

        **Route:** `GET /api/analytics/overview`. **Ability:** `campaigns.read`. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.
        """
    @_async_verb
    def campaigns(self, *, from_date: str | None = None, to_date: str | None = None, **options: Unpack[Options]) -> _hudhud.CampaignAnalytics:
        """Reads how campaigns were delivered.

        Returns `CampaignAnalytics`.

        Source: Zagely, "/api/analytics/campaigns".

        **Route:** `GET /api/analytics/campaigns`. **Ability:** `campaigns.read`. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            from_date: The first day.
            to_date: The last day.
        """
    @_async_verb
    def sessions(self, *, from_date: str | None = None, to_date: str | None = None, **options: Unpack[Options]) -> _hudhud.SessionAnalytics:
        """Reads what sessions sent.

        Returns `SessionAnalytics`.

        Source: Zagely, "/api/analytics/sessions".

        **Route:** `GET /api/analytics/sessions`. **Ability:** `campaigns.read`. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            from_date: The first day.
            to_date: The last day.
        """
    @_async_verb
    def contacts(self, *, from_date: str | None = None, to_date: str | None = None, **options: Unpack[Options]) -> _hudhud.ContactAnalytics:
        """Reads how contacts grew, by default over the last 30 days.

        Returns `ContactAnalytics`.

        Source: Zagely, "/api/analytics/contacts".

        **Route:** `GET /api/analytics/contacts`. **Ability:** `campaigns.read`. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            from_date: The first day.
            to_date: The last day.
        """
    @_async_verb
    def message_activity(self, *, from_date: str | None = None, to_date: str | None = None, **options: Unpack[Options]) -> list[_hudhud.MessageActivity]:
        """Reads messages by hour and direction, by default over the last 7 days.

        Returns a list of `MessageActivity`, which does not come in pages.

        Source: Zagely, "/api/analytics/message-activity".

        **Route:** `GET /api/analytics/message-activity`. **Ability:** `campaigns.read`. An app route: it may want an app token instead of the key pair (inferred). Inferred, not stated by the vendor: method.

        Args:
            from_date: The first day.
            to_date: The last day.
        """

class AsyncZagelyWebhooks(Group):
    """The calls `webhooks.…`."""
    @_async_list
    def list(self, *, page: int | None = None, **options: Unpack[Options]) -> _hudhud.Webhook:
        """Lists the workspace's webhooks.

        Returns `Page` of `Webhook`; whether it comes in pages is not stated.

        Source: Zagely, "/api/v1/webhooks".

        **Route:** `GET /api/v1/webhooks`. **Ability:** `webhooks.read`. Inferred, not stated by the vendor: method.

        Args:
            page: The page, from 1. Sent only from 2 on. Inferred: the framework's name for it; the vendor's page gives none.
        """
    @_async_verb
    def create(self, *, url: str, events: Sequence[_hudhud._EventName] | None = None, secret: str | None = None, is_active: bool | None = None, **options: Unpack[Options]) -> _hudhud.Webhook:
        """Registers a webhook.

        Returns `Webhook` (inferred). If no secret is given, the vendor makes one; its only showing is probably this
        answer, so keep it.

        Source: Zagely, "/api/v1/webhooks".

        **Route:** `POST /api/v1/webhooks`. **Ability:** `webhooks.write`. Safe to repeat: it carries an idempotency key. Inferred, not stated by the vendor: method, fields.

        Args:
            url: Where deliveries go.
            events: Which events are delivered.
            secret: What deliveries are signed with.
            is_active: Whether it is on.
        """
    @_async_verb
    def get(self, *, webhook_id: str, **options: Unpack[Options]) -> _hudhud.Webhook:
        """Reads a webhook.

        Returns `Webhook` (inferred). Errors: 404.

        Source: Zagely, "/api/v1/webhooks/{id}".

        **Route:** `GET /api/v1/webhooks/{webhook_id}`. **Ability:** `webhooks.read`. Inferred, not stated by the vendor: method.

        Args:
            webhook_id: The webhook.
        """
    @_async_verb
    def update(self, *, webhook_id: str, url: str | None | Absent = ..., events: Sequence[_hudhud._EventName] | None | Absent = ..., secret: str | None | Absent = ..., is_active: bool | None | Absent = ..., **options: Unpack[Options]) -> _hudhud.Webhook:
        """Changes a webhook's URL, events or state. Only what is sent changes (inferred).

        Returns `Webhook` (inferred). Errors: 404, 422.

        Source: Zagely, "/api/v1/webhooks/{id}".

        **Route:** `PUT /api/v1/webhooks/{webhook_id}`. **Ability:** `webhooks.write`. Safe to repeat: it carries an idempotency key. Sent as PUT unless the client is set to PATCH; a 405 swaps them once. Inferred, not stated by the vendor: method, fields.

        Args:
            webhook_id: The webhook.
            url: Where deliveries go.
            events: Which events are delivered.
            secret: What deliveries are signed with.
            is_active: Whether it is on.
        """
    @_async_verb
    def delete(self, *, webhook_id: str, **options: Unpack[Options]) -> _hudhud.Acknowledgement:
        """Removes a webhook.

        Returns `Acknowledgement`. Errors: 404.

        Source: Zagely, "/api/v1/webhooks/{id}".

        **Route:** `DELETE /api/v1/webhooks/{webhook_id}`. **Ability:** `webhooks.write`. Safe to repeat: it carries an idempotency key. Inferred, not stated by the vendor: method.

        Args:
            webhook_id: The webhook.
        """
    @_async_list
    def deliveries(self, *, webhook_id: str, page: int | None = None, **options: Unpack[Options]) -> _hudhud.WebhookDelivery:
        """Lists what was delivered, or was to be.

        Returns `Page` of `WebhookDelivery`.

        Source: Zagely, "/api/v1/webhooks/{id}/deliveries".

        **Route:** `GET /api/v1/webhooks/{webhook_id}/deliveries`. **Ability:** `webhooks.read`. Inferred, not stated by the vendor: method.

        Args:
            webhook_id: The webhook.
            page: The page, from 1. Sent only from 2 on. Inferred: the framework's name for it; the vendor's page gives none.
        """
    @_async_verb
    def test(self, *, webhook_id: str, **options: Unpack[Options]) -> _hudhud.Acknowledgement:
        """Has a made-up `webhook.test` delivered.

        Returns `Acknowledgement`.

        Source: Zagely, "/api/v1/webhooks/{id}/test".

        **Route:** `POST /api/v1/webhooks/{webhook_id}/test`. **Ability:** `webhooks.write`. Safe to repeat: it carries an idempotency key. Inferred, not stated by the vendor: method.

        Args:
            webhook_id: The webhook.
        """

class AsyncZagelyCalls:
    """The groups of calls."""
    account: AsyncZagelyAccount
    messages: AsyncZagelyMessages
    sessions: AsyncZagelySessions
    contacts: AsyncZagelyContacts
    contact_groups: AsyncZagelyContactGroups
    templates: AsyncZagelyTemplates
    campaigns: AsyncZagelyCampaigns
    automations: AsyncZagelyAutomations
    analytics: AsyncZagelyAnalytics
    webhooks: AsyncZagelyWebhooks

class AsyncWazajMessages(Group):
    """The calls `messages.…`."""
    @_async_verb
    def send_text(self, *, to: str, body: str, preview_url: bool | None = None, reply_to_meta_message_id: str | None | Absent = ..., **options: Unpack[Options]) -> _hudhud.SentMessage:
        """Sends a text.

        Returns `SentMessage`. Refused with 403 if the account is disconnected or blocked, with 422 for a bad field
        or a business rule (the error's code, such as `billing_send_denied`), with 503 while the module is not ready;
        only the last is tried again.

        Source: Wazaj, "1. Voye mesaj tèks".

        **Route:** `POST /messages/text`. **Ability:** none stated.

        Args:
            to: The recipient, in E.164: `+50912345678`. Spaces, dashes and invisible marks are dropped, other scripts' digits become ASCII. Refused without `+` and country code, with decimals (`.0`), an exponent or a `(0)`.
            body: The text. No greatest length is stated.
            preview_url: Whether the recipient sees a preview of a URL in the text.
            reply_to_meta_message_id: The Meta message id this text replies to; `null` is legal, and says that it replies to none.
        """
    @_async_verb
    def send_template(self, *, to: str, template_name: str, template_language: str, template_components: Sequence[Any] | None = None, **options: Unpack[Options]) -> _hudhud.SentMessage:
        """Sends a template that Meta has approved.

        Returns `SentMessage`. Errors are those of `SendText`, and 422 `templates_not_entitled` where the plan has
        no templates.

        Source: Wazaj, "2. Voye mesaj modèl".

        **Route:** `POST /messages/template`. **Ability:** none stated.

        Args:
            to: The recipient, in E.164: `+50912345678`. Spaces, dashes and invisible marks are dropped, other scripts' digits become ASCII. Refused without `+` and country code, with decimals (`.0`), an exponent or a `(0)`.
            template_name: The name of the approved template.
            template_language: The language of the template, such as `en`.
            template_components: Meta's components with their parameters, handed on as they are. `TemplateComponent` makes the usual ones.
        """

class AsyncWazajCalls:
    """The groups of calls."""
    messages: AsyncWazajMessages
