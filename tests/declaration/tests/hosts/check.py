"""Checks the declared types in Python. The tests run it: `check.py LIBRARY DECLARED`, with the declarations as JSON."""

import datetime
import importlib.machinery
import importlib.util
import inspect
import json
import pathlib
import pickle
import sys
import unittest

LOADER = importlib.machinery.ExtensionFileLoader("_hudhud", sys.argv[1])
SPEC = importlib.util.spec_from_loader("_hudhud", LOADER)
hudhud = importlib.util.module_from_spec(SPEC)
# The objects that `pickle` looks up are in this module.
sys.modules["hudhud"] = sys.modules["hudhud._hudhud"] = hudhud
# The library raises the exceptions of the package, in `errors.py`.
hudhud.__path__ = [str(pathlib.Path(__file__).parents[4] / "bindings-python" / "python" / "hudhud")]
LOADER.exec_module(hudhud)

with open(sys.argv[2], encoding="utf-8") as declared:
    DECLARED = json.load(declared)
STRUCTS = {struct["name"]: struct for struct in DECLARED["structs"]}
ENUMS = {enum["name"]: enum for enum in DECLARED["enums"]}
EXTRA_DOC = "Members of the response that have no field above: name and value, verbatim, in the vendor's order."

PHONE = "+15551234567"
TEXT = "Meet me at noon, Jane"
NOON = datetime.datetime(2026, 11, 22, 12, 0, tzinfo=datetime.timezone.utc)


def value(kind, private, depth=0):
    """Returns a value of a kind, with `private` instead of every text."""
    match kind:
        case ["text" | "id" | "date"]:
            return private
        case ["timestamp"]:
            return NOON
        case ["integer"]:
            return 7
        case ["number"]:
            return 1.5
        case ["boolean"]:
            return True
        case ["bytes"]:
            return private.encode()
        case ["json"]:
            return [private, {private: 1.5}, None, 12345678901234567890123]
        case ["object"]:
            return {private: {"age": 3, "text": private}}
        case ["list", inner]:
            return [value(inner, private, depth), value(inner, private, depth)]
        case ["nullable", inner]:
            return value(inner, private, depth)
        case ["enum", _]:
            return private
        case ["struct", name]:
            return full(name, private, depth + 1)
    raise AssertionError(kind)


def full(name, private, depth=0):
    """Returns an instance with every field set."""
    assert depth < 9, f"{name} contains itself"
    return getattr(hudhud, name)(**arguments(name, private, depth))


def arguments(name, private, depth=0):
    struct = STRUCTS[name]
    given = {field["name"]: value(field["kind"], private, depth) for field in struct["fields"]}
    if struct["answer"]:
        given["extra"] = {private: private}
    return given


def each_type(test):
    """Decorates a test of one class, so that it runs for every class. A failure names the class."""

    def run(self):
        for name, struct in STRUCTS.items():
            with self.subTest(name):
                test(self, getattr(hudhud, name), struct)

    return run


class EveryType(unittest.TestCase):
    def test_the_classes_are_exactly_the_structs(self):
        public = {"hudhud.zagely", "hudhud.wazaj", "hudhud.webhook"}
        classes = {name: thing for name, thing in vars(hudhud).items() if inspect.isclass(thing)}
        declared = {name for name, thing in classes.items() if thing.__module__ in public}
        self.assertEqual(declared, set(STRUCTS))
        self.assertGreater(len(declared), 57 + 30)
        self.assertEqual({classes[name].__name__ for name in declared}, declared)

    @each_type
    def test_docstrings_equal_the_declared_documentation(self, cls, struct):
        self.assertEqual(cls.__doc__, struct["doc"])
        for field in struct["fields"]:
            self.assertEqual(getattr(cls, field["name"]).__doc__, field["doc"], field["name"])
        if struct["answer"]:
            self.assertEqual(cls.extra.__doc__, EXTRA_DOC)

    @each_type
    def test_constructors_accept_keywords_and_require_required_fields(self, cls, struct):
        parameters = inspect.signature(cls).parameters
        expected = {}
        for field in struct["fields"]:
            if field["required"]:
                # A list or an object is optional in a response, with an empty default. In a call it is required.
                empty = [] if field["kind"][0] == "list" else {}
                expected[field["name"]] = empty if struct["answer"] else inspect.Parameter.empty
            else:
                expected[field["name"]] = ... if field["kind"][0] == "nullable" else None
        if struct["answer"]:
            expected["extra"] = {}
        self.assertEqual({name: parameter.default for name, parameter in parameters.items()}, expected)
        for parameter in parameters.values():
            self.assertEqual(parameter.kind, inspect.Parameter.KEYWORD_ONLY)
        with self.assertRaises(TypeError):
            cls("positional")
        with self.assertRaises(TypeError):
            cls(**arguments(struct["name"], TEXT), no_such_field=1)
        required = [name for name, default in expected.items() if default is inspect.Parameter.empty]
        for left_out in required:
            given = arguments(struct["name"], TEXT)
            del given[left_out]
            with self.assertRaisesRegex(TypeError, left_out):
                cls(**given)

    @each_type
    def test_missing_fields_are_none_absent_or_empty(self, cls, struct):
        given = arguments(struct["name"], TEXT)
        required = [field["name"] for field in struct["fields"] if field["required"] and not struct["answer"]]
        bare = cls(**{name: given[name] for name in required})
        for field in struct["fields"]:
            got = getattr(bare, field["name"])
            if field["name"] in required:
                continue
            if field["kind"][0] == "nullable":
                self.assertIs(got, hudhud.ABSENT)
            elif field["required"]:
                self.assertEqual(got, {} if field["kind"][0] == "object" else [])
            else:
                self.assertIsNone(got)

    @each_type
    def test_fields_return_the_given_values(self, cls, struct):
        given = arguments(struct["name"], TEXT)
        instance = cls(**given)
        for name, expected in given.items():
            got = getattr(instance, name)
            self.assertEqual(got, expected, name)
            self.assertIs(type(got), type(expected), name)
            with self.assertRaises(AttributeError):
                setattr(instance, name, expected)

    @each_type
    def test_instances_with_equal_fields_are_equal(self, cls, struct):
        name = struct["name"]
        self.assertEqual(full(name, TEXT), full(name, TEXT))
        self.assertNotEqual(full(name, TEXT), object())
        if repr(arguments(name, TEXT)) != repr(arguments(name, PHONE)):
            self.assertNotEqual(full(name, TEXT), full(name, PHONE))

    @each_type
    def test_repr_contains_no_private_text(self, cls, struct):
        for private in (PHONE, PHONE.lstrip("+"), TEXT, "sk_live_4242", "jane@example.com"):
            instance = full(struct["name"], private)
            for shown in (repr(instance), str(instance), f"{instance}"):
                self.assertTrue(shown.startswith(struct["name"] + "("), shown)
                self.assertNotIn(private, shown)
        for field in struct["fields"]:
            if field["secret"]:
                self.assertIn(field["name"] + "=…", repr(full(struct["name"], "secret-1")))

    def test_nullable_fields_accept_none_and_absent_and_a_value(self):
        seen = 0
        for struct in STRUCTS.values():
            cls = getattr(hudhud, struct["name"])
            given = arguments(struct["name"], TEXT)
            for field in struct["fields"]:
                if field["kind"][0] != "nullable":
                    continue
                seen += 1
                name = field["name"]
                cleared = cls(**given | {name: None})
                absent = cls(**given | {name: hudhud.ABSENT})
                self.assertIsNone(getattr(cleared, name))
                self.assertIs(getattr(absent, name), hudhud.ABSENT)
                self.assertEqual(absent, cls(**{key: given[key] for key in given if key != name}))
                self.assertNotEqual(cleared, absent)
                self.assertNotEqual(cleared, cls(**given))
        self.assertGreater(seen, 30)

    def test_open_enums_accept_known_and_unknown_text(self):
        seen = set()
        for struct in STRUCTS.values():
            cls = getattr(hudhud, struct["name"])
            given = arguments(struct["name"], TEXT)
            for field in struct["fields"]:
                kind = field["kind"][1] if field["kind"][0] in ("list", "nullable") else field["kind"]
                if kind[0] != "enum":
                    continue
                known = [value for value, _ in ENUMS[kind[1]]["values"]]
                for text in known + ["carrier-pigeon"]:
                    of_kind = [text] if field["kind"][0] == "list" else text
                    got = getattr(cls(**given | {field["name"]: of_kind}), field["name"])
                    self.assertEqual(got, of_kind)
                with self.assertRaises(TypeError):
                    cls(**given | {field["name"]: 3})
                seen.add(kind[1])
        # `EventName` occurs only in the envelope of an event, which is not one of these structs.
        self.assertEqual(seen | {"EventName"}, set(ENUMS))


class Leaves(unittest.TestCase):
    def test_absent_is_a_falsy_singleton(self):
        self.assertFalse(hudhud.ABSENT)
        self.assertEqual(repr(hudhud.ABSENT), "ABSENT")
        self.assertIsInstance(hudhud.ABSENT, hudhud.Absent)
        self.assertIs(pickle.loads(pickle.dumps(hudhud.ABSENT)), hudhud.ABSENT)

    def test_times_are_datetimes_with_a_zone(self):
        east = datetime.timezone(datetime.timedelta(hours=2))
        for time in (NOON, NOON.replace(microsecond=123456), NOON.astimezone(east)):
            message = hudhud.Message(created_at=time)
            self.assertEqual(message.created_at, time)
            self.assertEqual(message.created_at.utcoffset(), time.utcoffset())
        self.assertEqual(hudhud.Message(created_at="2026-11-22T12:00:00Z").created_at, NOON)
        self.assertEqual(hudhud.Message(created_at="yesterday").created_at, "yesterday")
        with self.assertRaises(ValueError):
            hudhud.Message(created_at=datetime.datetime(2026, 11, 22))
        with self.assertRaises(TypeError):
            hudhud.Message(created_at=3)

    def test_json_values_are_exact_and_others_are_rejected(self):
        fields = {"z": [1, {"a": None}], "big": 12345678901234567890123, "float": 0.1, "text": "نص"}
        contact = hudhud.CreateContact(phone_number=PHONE, custom_fields=fields)
        self.assertEqual(contact.custom_fields, fields)
        self.assertEqual(list(contact.custom_fields), list(fields))
        cycle = []
        cycle.append(cycle)
        for bad in ({"a": object()}, {"a": float("nan")}, {"a": cycle}, [1], "text"):
            with self.assertRaises((TypeError, ValueError)):
                hudhud.CreateContact(phone_number=PHONE, custom_fields=bad)

    def test_errors_for_wrong_types_name_the_field_without_its_value(self):
        with self.assertRaises(TypeError) as raised:
            hudhud.SendMessage(to=PHONE, message=[TEXT])
        text = str(raised.exception) + "".join(getattr(raised.exception, "__notes__", ()))
        self.assertIn("message", text)
        self.assertNotIn(TEXT, text)
        self.assertNotIn(PHONE, text)

    def test_files_are_bytes(self):
        self.assertEqual(hudhud.ImportContacts(file=b"a,b\n\xff").file, b"a,b\n\xff")
        with self.assertRaises(TypeError):
            hudhud.ImportContacts(file="text")

    def test_signatures_are_readable(self):
        self.assertEqual(str(inspect.signature(hudhud.GetContact)), "(*, contact_id)")
        self.assertEqual(str(inspect.signature(hudhud.CheckHealth)), "()")
        sending = str(inspect.signature(hudhud.SendMessage))
        self.assertTrue(sending.startswith("(*, channel=None, to=None, message=None, type=None"), sending)


unittest.main(argv=sys.argv[:1])
