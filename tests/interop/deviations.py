"""Where the pinned strangers answer a bad frame otherwise than the standards say, by the names of bad_frames.py. The tests hold them to it: a
new version of a stranger that does better, or worse, is noticed. README.md says it in words."""

NPM = {
    "a text is too long": "FormatViolation",
    "a member is unknown": "PropertyConstraintViolation",
    "a value is not of its list": "FormatViolation",
    "a time is none": "FormatViolation",
}
PYTHON = {
    "a required member is missing": "ProtocolError",
    "a text is too long": "TypeConstraintViolation",
    "a value is not of its list": "FormatViolation",
    "a time is none": "a result",
    "a list is too short": "FormatViolation",
    "the action does not exist": "NotSupported",
}
GO = {
    "a member has the wrong type": "FormatViolation",
    "a member is null": "OccurrenceConstraintViolation",
    "a member is unknown": "a result",
    "a value is not of its list": "GenericError",
    "a time is none": "FormatViolation",
    "a list is too short": "a result",
    "the action does not exist": "NotSupported",
}

# stranger, version of the protocol, role it plays
KNOWN = {
    ("npm", "1.6", "central"): {**NPM, "a required member is missing": "OccurrenceConstraintViolation",
                                "a text is too long": "FormationViolation", "a value is not of its list": "FormationViolation",
                                "a time is none": "FormationViolation"},
    ("npm", "2.0.1", "central"): {**NPM, "a required member is missing": "OccurenceConstraintViolation",
                                  "a list is too short": "OccurenceConstraintViolation"},
    ("python", "1.6", "central"): {**PYTHON, "a member is unknown": "FormatViolation"},
    ("python", "2.0.1", "central"): PYTHON,
    ("go", "1.6", "central"): {**GO, "a required member is missing": "OccurrenceConstraintViolation",
                               "a member has the wrong type": "FormationViolation", "a time is none": "FormationViolation"},
    ("go", "2.0.1", "central"): GO,
}
for _stranger in ("npm", "python", "go"):
    for _version in ("1.6", "2.0.1"):
        KNOWN[_stranger, _version, "station"] = KNOWN[_stranger, _version, "central"]
# In 2.1 it looks for a handler before it looks for the action, and says nothing.
KNOWN["python", "2.1", "station"] = {**PYTHON, "the action does not exist": "no answer"}
# Its RemoteStopTransaction takes a missing transactionId for 0.
KNOWN["go", "1.6", "station"] = {**KNOWN["go", "1.6", "central"], "a required member is missing": "a result",
                                 "a member is null": "a result"}
