/* message.h: the messages of every version, described as data, and the walkers over them.
 *
 * v16.h, v201.h and v21.h declare one plain struct per message; the descriptors behind them (struct ocpp_type and friends)
 * are what the functions here walk. Applications use the structs and the functions; the descriptors are public so that
 * extensions can describe messages of their own in the same notation and use the same walkers.
 *
 * How a member of a message looks in C:
 *   boolean                 bool                                optional: bool has_<name> before it
 *   integer                 int64_t                             optional: bool has_<name> before it
 *   number                  struct ocpp_decimal                 optional: bool has_<name> before it
 *   dateTime                int64_t, UTC in ms since 1970       optional: bool has_<name> before it
 *   string, cistring, URI   const char *, UTF-8, terminated     optional: NULL is absent
 *   any (JSON), customData  const char *, JSON text             optional: NULL is absent
 *   an enumeration          its enum; 0 is ..._UNSET            optional: 0 is absent; required: 0 never validates
 *   a struct                the struct itself                   optional: const pointer, NULL is absent
 *   a list                  struct { const T *items; size_t count; }; absent and empty are told apart by items == NULL
 */
#ifndef OCPP_MESSAGE_H
#define OCPP_MESSAGE_H

#include <ocpp/types.h>

OCPP_BEGIN_DECLARATIONS

/* --- descriptors ------------------------------------------------------------------------------------------------ */

enum ocpp_member_kind {
    OCPP_MEMBER_BOOLEAN,
    OCPP_MEMBER_INTEGER,
    OCPP_MEMBER_NUMBER,
    OCPP_MEMBER_STRING,
    OCPP_MEMBER_CISTRING, /* as string; lookups of the application fold ASCII case, the text is kept as sent */
    OCPP_MEMBER_DATE_TIME,
    OCPP_MEMBER_ENUM,
    OCPP_MEMBER_STRUCT,
    OCPP_MEMBER_ANY,    /* any JSON value, kept as text */
    OCPP_MEMBER_CUSTOM  /* customData of 2.x: any object with a vendorId of at most 255 characters, kept as text */
};

enum ocpp_member_flags {
    OCPP_MEMBER_REQUIRED = 1,
    OCPP_MEMBER_LIST = 2,
    OCPP_MEMBER_NOT_EMPTY = 4,  /* a list with at least one item when present */
    OCPP_MEMBER_TENTHS = 8,     /* a number that is a multiple of 0.1, with a tolerance of 1e-6 */
    OCPP_MEMBER_SECRET = 16,    /* ocpp_message_print() shows "***" */
    OCPP_MEMBER_MINIMUM = 32,   /* |range.minimum| holds */
    OCPP_MEMBER_MAXIMUM = 64    /* |range.maximum| holds */
};

/* ocpp_enum: an enumeration. values[0] stands for C value 1; 0 is unknown or absent. |size| is sizeof the C enum: 4 on a
 * desktop, 1 or 2 where the ABI keeps enumerations short (arm-none-eabi). */
struct ocpp_enum {
    const char *const *values;
    uint16_t count;
    uint8_t size;
};

/* ocpp_range: the bounds of a number. */
struct ocpp_range {
    int8_t minimum; /* with OCPP_MEMBER_MINIMUM */
    int8_t maximum; /* with OCPP_MEMBER_MAXIMUM */
};

/* ocpp_member: one member of a struct. 16 bytes on a 32-bit board, where there are some 1,300 of them: what a member limits
 * depends on its kind, so the limits share their place. */
struct ocpp_member {
    const char *name; /* as on the wire */
    union {
        const void *detail;      /* ENUM: its struct ocpp_enum. STRUCT: its struct ocpp_type */
        uint16_t max_length;     /* STRING, CISTRING: characters of one text; 0: no limit */
        struct ocpp_range range; /* INTEGER, NUMBER */
    };
    uint16_t offset;      /* of the value, or of the list, in the C struct */
    uint16_t max_items;   /* of a list; 0: no limit */
    uint8_t kind;         /* enum ocpp_member_kind */
    uint8_t flags;        /* enum ocpp_member_flags */
    uint8_t has_distance; /* has_<name> lies so many bytes before the value; 0: there is none */
};

/* ocpp_type: a struct: its members in the order of the model. |name| is that of the model; a message bears the name of its
 * action, the request and the response alike. */
struct ocpp_type {
    const char *name;
    const struct ocpp_member *members;
    uint16_t count;
    uint16_t size; /* sizeof the C struct; 1 at least, even for a message without members */
};

enum ocpp_direction { OCPP_FROM_STATION = 1, OCPP_FROM_CENTRAL = 2, OCPP_FROM_BOTH = 3 };

/* ocpp_action: one action of one version. |response| is NULL for a SEND (OCPP 2.1 part 4, 4.2.4). */
struct ocpp_action {
    const char *name;
    const struct ocpp_type *request;
    const struct ocpp_type *response;
    uint8_t direction; /* enum ocpp_direction: who may send the request */
    uint8_t version;   /* enum ocpp_version */
};

/* ocpp_protocol: one version: its actions, sorted by name in byte order. */
struct ocpp_protocol {
    enum ocpp_version version;
    const struct ocpp_action *actions;
    size_t count;
};

/* ocpp_protocol_of: the protocol of a version; NULL when the library was built without it. */
OCPP_API const struct ocpp_protocol *ocpp_protocol_of(enum ocpp_version version);

/* ocpp_protocol_action: the action called |name| (|size| bytes, case-sensitive); NULL when there is none. */
OCPP_API const struct ocpp_action *ocpp_protocol_action(const struct ocpp_protocol *protocol, const char *name, size_t size);

/* ocpp_call_error_name: how |version| spells an error code: 1.6 says FormationViolation and OccurenceConstraintViolation,
 * 2.x FormatViolation and OccurrenceConstraintViolation. 1.6 knows neither MessageTypeNotSupported nor RpcFrameworkError:
 * it says FormationViolation there. "GenericError" for OCPP_CALL_ERROR_NONE. Never NULL. */
OCPP_API const char *ocpp_call_error_name(enum ocpp_call_error error, enum ocpp_version version);

/* ocpp_call_error_of: the code a peer meant, whatever the version's spelling; OCPP_CALL_ERROR_GENERIC_ERROR for a name that
 * no version has. */
OCPP_API enum ocpp_call_error ocpp_call_error_of(const char *name);

/* ocpp_enum_name: the wire text of a value; NULL for 0 and for values beyond the enumeration. */
OCPP_API const char *ocpp_enum_name(const struct ocpp_enum *enumeration, int value);

/* ocpp_enum_value: the value of a wire text (case-sensitive); 0 when there is none. */
OCPP_API int ocpp_enum_value(const struct ocpp_enum *enumeration, const char *name);

/* --- limits and leniency ---------------------------------------------------------------------------------------- */

/* ocpp_json_limits: what a JSON text may cost. 0 in a field takes its default. */
struct ocpp_json_limits {
    size_t max_bytes; /* 65,536 */
    size_t max_nodes; /* 4,096 values, members and items counted */
    size_t max_depth; /* 32 */
};

/* ocpp_quirk: a breach of the rules that a tolerant side survives, one bit each. All but the first are switched on per
 * peer; each use is reported. Names are for people, logs and settings. */
/* clang-format off */
#define OCPP_QUIRK_MAP(X) \
    X(SHORT_OFFSET,       0, "short-offset",       "a time offset without minutes or colon (+02, +0200) was read") \
    X(NO_ZONE,            1, "no-zone",            "a time without zone was read as UTC") \
    X(NO_SECONDS,         2, "no-seconds",         "a time without seconds was read") \
    X(UNKNOWN_ENUM,       3, "unknown-enum",       "an unknown value was replaced by the general one of its enumeration, or what it belongs to was left out") \
    X(OVERLONG_TEXT,      4, "overlong-text",      "a text beyond its length was kept whole") \
    X(NUMBER_AS_BOOLEAN,  5, "number-as-boolean",  "0 or 1 was read as a boolean") \
    X(NUMBER_AS_TEXT,     6, "number-as-text",     "a number was read as text") \
    X(TEXT_AS_NUMBER,     7, "text-as-number",     "a text was read as a number") \
    X(OBJECT_AS_LIST,     8, "object-as-list",     "an object was read as a list of one") \
    X(UNKNOWN_MEMBER,     9, "unknown-member",     "a member that is not part of the message was ignored") \
    X(MISSING_ENUM,      10, "missing-enum",       "a required enumeration was left unknown") \
    X(NULL_AS_ABSENT,    11, "null-as-absent",     "null was read as absent") \
    X(EMPTY_LIST,        12, "empty-list",         "an empty list was kept where one item is required") \
    X(JUNK_IN_REJECTED,  13, "junk-in-rejected",   "the rest of an answer that is not Accepted was ignored") \
    X(ERROR_DETAILS,     14, "error-details",      "a CALLERROR with details that are no object was read") \
    X(BAD_TIME,          15, "bad-time",           "an optional time that cannot be read was dropped") \
    X(OUT_OF_RANGE,      16, "out-of-range",       "a number outside its range was kept") \
    X(LEGACY_NAMES,      17, "legacy-names",       "a member of an earlier version was read under its present name") \
    X(BROKEN_JSON,       18, "broken-json",        "a text with missing brackets or control characters was mended") \
    X(NO_SUBPROTOCOL,    19, "no-subprotocol",     "a handshake that offers no version was taken for the oldest the station may speak") \
    X(NO_IDENTITY,       20, "no-identity",        "a handshake without an identity in its path was taken for that of its user name")
/* clang-format on */

enum ocpp_quirk {
#define OCPP_QUIRK_VALUE(name, bit, text, sentence) OCPP_QUIRK_##name = 1 << (bit),
    OCPP_QUIRK_MAP(OCPP_QUIRK_VALUE)
#undef OCPP_QUIRK_VALUE
        OCPP_QUIRK_ALL = (1 << 21) - 1
};

enum { OCPP_QUIRK_COUNT = 21 };

/* ocpp_quirk_name, ocpp_quirk_sentence: of one bit; "?" for anything else. */
OCPP_API const char *ocpp_quirk_name(enum ocpp_quirk quirk);
OCPP_API const char *ocpp_quirk_sentence(enum ocpp_quirk quirk);

/* ocpp_quirk_of: the bit of a name, 0 when there is none. */
OCPP_API uint32_t ocpp_quirk_of(const char *name);

enum { OCPP_PATH_SIZE = 160 };

/* ocpp_issue: where and why a message was refused, or bent. |path| is a JSON pointer (RFC 6901) into the payload, "" for the
 * payload itself, cut at a whole token where it is longer than the room. |offset| is the byte in the text for errors of the
 * JSON text itself. |quirk| is set when the issue was survived. |remedy| holds the quirks that would let it pass, those granted
 * already left out, when somebody asked for that (ocpp_rpc_settings.advise); 0: none would. */
struct ocpp_issue {
    enum ocpp_status status;
    uint32_t quirk;
    size_t offset;
    char path[OCPP_PATH_SIZE];
    uint32_t remedy;
};

/* ocpp_tolerance: which quirks of a peer are survived. |report|, where set, is told each one when it is used; it may not
 * call back into the handle. NULL instead of a tolerance means none. */
struct ocpp_tolerance {
    uint32_t quirks; /* bits of enum ocpp_quirk */
    void (*report)(const struct ocpp_issue *issue, void *user);
    void *user;
};

/* ocpp_quirk_tally: how often each quirk of a peer was survived, and how often a message was refused that it would have let pass.
 * For hosts that keep one per station, longer than its connections. Zeroed it is empty; the numbers stop at their largest. */
struct ocpp_quirk_tally {
    uint32_t survived[OCPP_QUIRK_COUNT]; /* by the number of the bit */
    uint32_t refused[OCPP_QUIRK_COUNT];
};

/* ocpp_quirk_tally_note: counts what |issue| tells (NULL: nothing): of on_quirk, and of on_frame. */
OCPP_API void ocpp_quirk_tally_note(struct ocpp_quirk_tally *tally, const struct ocpp_issue *issue);

/* ocpp_quirk_names: the names of |quirks| with ", " between them, as much as |size| bytes hold of whole ones; the length. */
OCPP_API size_t ocpp_quirk_names(uint32_t quirks, char *text, size_t size);

/* --- walkers ---------------------------------------------------------------------------------------------------- */

/* ocpp_message_decode: reads the JSON text of a payload into a fresh C struct of |type|, placed in |arena| with all it points
 * to, and checks everything the type demands. The first violation in the order of the text wins; an object's missing members
 * are noticed at its end. |limits| and |tolerance| may be NULL. |issue| may be NULL.
 *
 * Errors: those of class MESSAGE; OCPP_ERR_NOMEM; OCPP_ERR_LIMIT when the arena's limit is reached. |*message| is untouched. */
OCPP_API OCPP_MUST_USE enum ocpp_status
ocpp_message_decode(const struct ocpp_type *type, const char *text, size_t size, const struct ocpp_json_limits *limits,
                    const struct ocpp_tolerance *tolerance, struct ocpp_arena *arena, const void **message,
                    struct ocpp_issue *issue);

/* ocpp_message_encode: writes |message| as JSON text into |arena| after checking it like a received one; |*text| is terminated,
 * |*size| excludes the terminator. Members come in the order of the model; absent ones are left out.
 *
 * Errors: as ocpp_message_decode(); |issue| names the member. Nothing is written on an error. */
OCPP_API OCPP_MUST_USE enum ocpp_status
ocpp_message_encode(const struct ocpp_type *type, const void *message, struct ocpp_arena *arena, const char **text, size_t *size,
                    struct ocpp_issue *issue);

/* ocpp_message_validate: checks |message| without writing it. Errors as ocpp_message_encode(). */
OCPP_API OCPP_MUST_USE enum ocpp_status
ocpp_message_validate(const struct ocpp_type *type, const void *message, struct ocpp_issue *issue);

/* ocpp_message_copy: a deep copy in |arena|; |*copy| shares nothing with |message|; what is absent is zero in it.
 * Errors: OCPP_ERR_NOMEM, OCPP_ERR_LIMIT. */
OCPP_API OCPP_MUST_USE enum ocpp_status
ocpp_message_copy(const struct ocpp_type *type, const void *message, struct ocpp_arena *arena, const void **copy);

/* ocpp_message_pack: a deep copy in one piece: it begins at |room| (aligned for any object, |size| bytes) and points to nowhere
 * else; for who keeps thousands of them. What is absent is zero in it. |*needed|: the bytes it takes.
 * Errors: OCPP_ERR_LIMIT  |size| are too few: |*needed| says how many, and what stands in |room| (may be NULL) is of no use. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_message_pack(const struct ocpp_type *type, const void *message, void *room,
                                                          size_t size, size_t *needed);

/* ocpp_message_equal: whether two messages of |type| say the same, customData and any-values compared as JSON text. */
OCPP_API bool ocpp_message_equal(const struct ocpp_type *type, const void *a, const void *b);

/* ocpp_message_print: one line for people: `Name { member=value … }`, secrets as ***, at most |size| bytes with the terminator,
 * "…" at the end where it was cut. Returns the length written. */
OCPP_API size_t ocpp_message_print(const struct ocpp_type *type, const void *message, char *text, size_t size);

OCPP_END_DECLARATIONS

#endif
