/* names.h: are the member names of every object of a text unique? Part of the scan, without allocation.
 *
 * Small objects are checked name by name as they are read, by a hash and then by the bytes. An object with more than
 * NAMES_IN_OBJECT members, with an escape in a name, or that finds the common table full, is checked when it closes, by walking
 * its text again; see names.c for what that may cost.
 */
#ifndef OCPP_LIB_JSON_NAMES_H
#define OCPP_LIB_JSON_NAMES_H

#include <ocpp/types.h>

enum { NAMES_IN_OBJECT = 32, NAMES_IN_ALL = 128 };

struct ocpp_json_name {
    uint32_t hash;
    uint32_t offset;
};

/* The names of all objects that are open, the innermost last. */
struct ocpp_json_names {
    const char *text;
    uint32_t count;
    struct ocpp_json_name table[NAMES_IN_ALL];
};

/* One open object. */
struct ocpp_json_object {
    uint64_t seen;  /* a bit per hash: a name whose bit is new is new */
    uint32_t start; /* the byte behind its brace */
    uint16_t first; /* of its names in the table */
    bool deferred;  /* to its end */
};

/* ocpp_json_names_open: an object whose members start at |start|. */
void ocpp_json_names_open(struct ocpp_json_names *names, struct ocpp_json_object *object, uint32_t start);

/* ocpp_json_names_add: the name of |size| bytes at |offset|, as spelled between its quotes. False when the object has it already.
 */
bool ocpp_json_names_add(struct ocpp_json_names *names, struct ocpp_json_object *object, uint32_t offset, uint32_t size,
                         bool escaped);

/* ocpp_json_names_close: the object ended at |end|, its text is valid. False when a name occurs twice; |*offset| is the second.
 */
bool ocpp_json_names_close(struct ocpp_json_names *names, const struct ocpp_json_object *object, uint32_t end, uint32_t *offset);

#endif
