/* footprint.c: how much memory a charge point takes at the most: what it takes for life in ocpp_charge_point_new(), and what one
 * message takes beside that, measured under a full load: every EVSE charges, the queue is full, all of it is told, and the
 * central system orders what is largest. Also a gate: a third full load may take nothing that is not given back.
 *
 * usage: ocpp-footprint [--evses N] [--connectors M] [--queue N] [--version LIST] [--max-bytes N]
 * LIST: 1.6, 2.0.1 or both with a comma; --max-bytes: of a message, 65,536 by default. */
#include "charge_point_internal.h"

#include <ocpp/adapters.h>

#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- memory: the engine's by its allocator, the tree of cJSON by malloc --------------------------------------------------------
 */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *pointer, size_t size);
void __libc_free(void *pointer);

struct meter_of_memory {
    size_t live;
    size_t peak;
    size_t calls;
};

static struct meter_of_memory heap;   /* everything */
static struct meter_of_memory engine; /* what it asked its allocator for */

static void moved(struct meter_of_memory *memory, size_t before, size_t after)
{
    memory->live += after - before;
    memory->peak = memory->live > memory->peak ? memory->live : memory->peak;
    memory->calls += after > 0;
}

__attribute__((visibility("default"))) void *malloc(size_t size);
__attribute__((visibility("default"))) void *calloc(size_t items, size_t size);
__attribute__((visibility("default"))) void *realloc(void *pointer, size_t size);
__attribute__((visibility("default"))) void free(void *pointer);

void *malloc(size_t size)
{
    void *pointer = __libc_malloc(size);
    moved(&heap, 0, malloc_usable_size(pointer));
    return pointer;
}

void *calloc(size_t items, size_t size)
{
    void *pointer = __libc_calloc(items, size);
    moved(&heap, 0, malloc_usable_size(pointer));
    return pointer;
}

void *realloc(void *pointer, size_t size)
{
    const size_t before = malloc_usable_size(pointer);
    void *after = __libc_realloc(pointer, size);
    moved(&heap, before, malloc_usable_size(after));
    return after;
}

void free(void *pointer)
{
    moved(&heap, malloc_usable_size(pointer), 0);
    __libc_free(pointer);
}

/* Sizes as they were asked for: a board's allocator adds its own overhead. */
static void *reallocate(void *pointer, size_t size, void *user)
{
    size_t *block = pointer == NULL ? NULL : (size_t *)pointer - 2;
    const size_t before = block == NULL ? 0 : *block;
    (void)user;
    if (size == 0) {
        moved(&engine, before, 0);
        free(block);
        return NULL;
    }
    block = realloc(block, size + 2 * sizeof(size_t));
    if (block == NULL) {
        return NULL;
    }
    *block = size;
    moved(&engine, before, size);
    return block + 2;
}

static const struct ocpp_allocator allocator = { reallocate, NULL };

/* --- the station and its central system ---------------------------------------------------------------------------------------
 */

struct load {
    struct ocpp_charge_point *cp;
    struct ocpp_now now;
    enum ocpp_version version;
    int evses;
    size_t max_bytes; /* of a message */
    int next_transaction;
    int64_t wh;
    /* of the engine and of the tree, beside what is taken for life */
    size_t largest_engine;
    size_t largest_tree;
    size_t largest_out;
};

static void permit_changed(int evse, void *user)
{
    (void)evse;
    (void)user;
}

/* As many samples as a reading may have. */
static size_t read_meter(int evse, struct ocpp_sample *samples, size_t room, void *user)
{
    struct load *load = user;
    size_t count = 0;
    (void)evse;
    for (int measurand = 1; measurand <= OCPP_MEASURAND_VOLTAGE && count < room; measurand++) {
        samples[count++] = (struct ocpp_sample){ .measurand = (enum ocpp_measurand)measurand,
                                                 .value = { load->wh += 1, 0 },
                                                 .location = OCPP_LOCATION_OUTLET };
    }
    return count;
}

static void fill_random(void *bytes, size_t size, void *user)
{
    static uint64_t state = 42;
    (void)user;
    for (size_t i = 0; i < size; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        ((unsigned char *)bytes)[i] = (unsigned char)(state >> 56);
    }
}

static void note_peaks(struct load *load, const struct meter_of_memory *engine_before, const struct meter_of_memory *heap_before)
{
    const size_t in_engine = engine.peak - engine_before->live;
    const size_t in_heap = heap.peak - heap_before->live;
    load->largest_engine = in_engine > load->largest_engine ? in_engine : load->largest_engine;
    load->largest_tree =
        in_heap > in_engine && in_heap - in_engine > load->largest_tree ? in_heap - in_engine : load->largest_tree;
}

static void hear(struct load *load, const char *text)
{
    const struct meter_of_memory engine_before = engine;
    const struct meter_of_memory heap_before = heap;
    engine.peak = engine.live;
    heap.peak = heap.live;
    if (ocpp_charge_point_receive(load->cp, text, strlen(text), load->now) != OCPP_OK) {
        fprintf(stderr, "ocpp-footprint: a text was not taken: %.60s\n", text);
        exit(2);
    }
    note_peaks(load, &engine_before, &heap_before);
}

static void answer(struct load *load, const char *text)
{
    char id[64];
    char action[64];
    char answer[512];
    const char *token = load->version == OCPP_VERSION_1_6 ? "\"idTagInfo\":{\"status\":\"Accepted\"}"
                                                          : "\"idTokenInfo\":{\"status\":\"Accepted\"}";
    if (sscanf(text, "[2,\"%63[^\"]\",\"%63[^\"]\"", id, action) != 2) {
        return;
    }
    char payload[320] = "";
    if (strcmp(action, "BootNotification") == 0) {
        snprintf(payload, sizeof(payload), "\"status\":\"Accepted\",\"interval\":86400,\"currentTime\":\"2026-11-20T12:00:00Z\"");
    } else if (strcmp(action, "Heartbeat") == 0) {
        snprintf(payload, sizeof(payload), "\"currentTime\":\"2026-11-20T12:00:00Z\"");
    } else if (strcmp(action, "Authorize") == 0) {
        snprintf(payload, sizeof(payload), "%s", token);
    } else if (strcmp(action, "StartTransaction") == 0) {
        snprintf(payload, sizeof(payload), "%s,\"transactionId\":%d", token, ++load->next_transaction);
    }
    snprintf(answer, sizeof(answer), "[3,\"%s\",{%s}]", id, payload);
    hear(load, answer);
}

static void run(struct load *load)
{
    for (;;) {
        const struct meter_of_memory engine_before = engine;
        const struct meter_of_memory heap_before = heap;
        size_t size = 0;
        engine.peak = engine.live;
        heap.peak = heap.live;
        ocpp_charge_point_advance(load->cp, load->now);
        const char *text = ocpp_charge_point_next_output(load->cp, &size, load->now);
        note_peaks(load, &engine_before, &heap_before);
        if (text == NULL) {
            return;
        }
        load->largest_out = size > load->largest_out ? size : load->largest_out;
        char *copy = __libc_malloc(size + 1); /* not counted */
        memcpy(copy, text, size);
        copy[size] = '\0';
        answer(load, copy);
        __libc_free(copy);
    }
}

static void pass(struct load *load, int64_t ms)
{
    const int64_t end = load->now.mono_ms + ms;
    run(load);
    for (int64_t at; (at = ocpp_charge_point_deadline(load->cp)) <= end;) {
        load->now.mono_ms = at > load->now.mono_ms ? at : load->now.mono_ms + 1;
        run(load);
    }
    load->now.mono_ms = end;
}

/* --- the full load
 * -------------------------------------------------------------------------------------------------------------- */

static void link_up(struct load *load, enum ocpp_version version)
{
    load->version = version;
    if (ocpp_charge_point_link_up(load->cp, version, load->now) != OCPP_OK) {
        fprintf(stderr, "ocpp-footprint: no link in %s\n", ocpp_version_name(version));
        exit(2);
    }
    pass(load, 1000);
}

static void charge_offline(struct load *load)
{
    const struct ocpp_token token = { "0123456789ABCDEF0123", OCPP_TOKEN_ISO14443 };
    for (int evse = 1; evse <= load->evses; evse++) {
        ocpp_charge_point_plug(load->cp, evse, 1, true, load->now);
        ocpp_charge_point_token(load->cp, evse, &token, load->now);
        run(load);
    }
    for (int hours = 0; hours < 200 && ocpp_charge_point_view(load->cp).dropped_records == 0; hours++) {
        pass(load, 3600000);
    }
    for (int evse = 1; evse <= load->evses; evse++) {
        ocpp_charge_point_plug(load->cp, evse, 1, false, load->now);
    }
    pass(load, 1000);
}

static void order(struct load *load, const char *action, const char *payload)
{
    static int counter;
    const size_t room = strlen(payload) + 128;
    char *text = __libc_malloc(room);
    snprintf(text, room, "[2,\"order-%d\",\"%s\",%s]", ++counter, action, payload);
    hear(load, text);
    run(load);
    __libc_free(text);
}

static void order_list(struct load *load)
{
    static const char old_entry[] = "{\"idTag\":\"TOKEN-%06d\",\"idTagInfo\":{\"status\":\"Accepted\"}}";
    static const char new_entry[] =
        "{\"idToken\":{\"idToken\":\"TOKEN-%06d\",\"type\":\"ISO14443\"},\"idTokenInfo\":{\"status\":\"Accepted\"}}";
    const bool is_old = load->version == OCPP_VERSION_1_6;
    char *text = __libc_malloc(32768);
    int size =
        sprintf(text, "{\"%s\":1,\"updateType\":\"Full\",\"localAuthorizationList\":[", is_old ? "listVersion" : "versionNumber");
    for (int i = 0; i < 100; i++) {
        size += sprintf(text + size, "%s", i == 0 ? "" : ",");
        size += sprintf(text + size, is_old ? old_entry : new_entry, i);
    }
    sprintf(text + size, "]}");
    order(load, "SendLocalList", text);
    __libc_free(text);
}

/* Texts as long as the limit allows: one of a single string, and one of many small things, whose tree is largest. */
static void order_nonsense(struct load *load)
{
    const size_t fill = load->max_bytes > 512 ? load->max_bytes - 256 : 256;
    const size_t things = fill / 2 < 4000 ? fill / 2 : 4000;
    char *text = __libc_malloc(fill + 8192);
    size_t size = (size_t)sprintf(text, "{\"vendorId\":\"v\",\"data\":\"");
    memset(text + size, 'x', fill);
    strcpy(text + size + fill, "\"}");
    order(load, "DataTransfer", text);
    size = (size_t)sprintf(text, "{\"vendorId\":\"v\",\"nothing\":[0");
    for (size_t i = 0; i < things - 20; i++) {
        size += (size_t)sprintf(text + size, ",%zu", i % 10);
    }
    strcpy(text + size, "]}");
    order(load, "DataTransfer", text);
    __libc_free(text);
}

static void order_what_is_largest(struct load *load)
{
    if (load->version == OCPP_VERSION_1_6) {
        order(load, "GetConfiguration", "{}");
    } else {
        order(load, "GetBaseReport", "{\"requestId\":1,\"reportBase\":\"FullInventory\"}");
    }
    order(load, "TriggerMessage", "{\"requestedMessage\":\"MeterValues\"}");
    order_list(load);
    order_nonsense(load);
    pass(load, 60000);
}

static void full_load(struct load *load, enum ocpp_version version)
{
    charge_offline(load);
    link_up(load, version);
    for (int minutes = 0; minutes < 10000 && ocpp_charge_point_view(load->cp).queued_records > 0; minutes++) {
        pass(load, 60000);
    }
    order_what_is_largest(load);
    ocpp_charge_point_link_down(load->cp, load->now);
}

/* In each version there is. */
static void load_fully(struct load *load, const struct ocpp_charge_point_settings *settings)
{
    for (size_t i = 0; i < 3 && settings->versions[i] != OCPP_VERSION_NONE; i++) {
        full_load(load, settings->versions[i]);
    }
}

/* --- figures
 * ----------------------------------------------------------------------------------------------------------------------- */

static void line(const char *what, size_t bytes)
{
    printf("  %-58s %10zu\n", what, bytes);
}

static void print_tables(const struct ocpp_charge_point_settings *settings, size_t resident)
{
    const size_t evses = (size_t)settings->evse_count;
    const size_t handle = sizeof(struct ocpp_charge_point);
    const size_t tables = evses * sizeof(struct evse) + (evses + 1) * sizeof(struct authorization) +
                          evses * (size_t)settings->connectors_per_evse * sizeof(struct connector);
    const size_t queue = settings->max_queued_records * sizeof(struct queued);
    line("for life", resident);
    line("  the handle", handle);
    line("  EVSEs, connectors and authorizations", tables);
    line("  the queue", queue);
    line("  everything else: meters, lists, texts, call layer, arena", resident - handle - tables - queue);
}

static int measure(struct ocpp_charge_point_settings *settings)
{
    struct load load = { .now = { 1000, OCPP_UTC_UNKNOWN },
                         .evses = settings->evse_count,
                         .max_bytes = settings->limits.max_bytes };
    const struct ocpp_hardware hardware = { .permit_changed = permit_changed, .read_meter = read_meter, .user = &load };
    struct ocpp_storage *storage = ocpp_memory_storage_new(NULL, 0);
    const size_t before = engine.live;
    settings->allocator = &allocator;
    load.cp = ocpp_charge_point_new(settings, &hardware, storage, load.now);
    if (load.cp == NULL) {
        fprintf(stderr, "ocpp-footprint: no charge point of these settings\n");
        return 2;
    }
    print_tables(settings, engine.live - before);
    load_fully(&load, settings); /* twice: what was sent first and last in a load meet in the second */
    load_fully(&load, settings);
    const size_t loaded = engine.live;
    line("for life, after two full loads", loaded - before);
    line("beside that, while one message is worked on: the engine", load.largest_engine);
    line("beside that, while one message is worked on: cJSON's tree", load.largest_tree);
    line("the largest text that was sent", load.largest_out);
    load_fully(&load, settings);
    const bool grows = engine.live > loaded;
    printf("  a third full load %s\n", grows ? "TOOK MORE" : "took nothing more");
    ocpp_charge_point_free(load.cp);
    ocpp_memory_storage_free(storage);
    return grows || engine.live != before;
}

static bool take_versions(const char *list, enum ocpp_version versions[3])
{
    size_t count = 0;
    memset(versions, 0, 3 * sizeof(versions[0]));
    for (const char *next = list; *next != '\0' && count < 3;) {
        const size_t size = strcspn(next, ",");
        versions[count++] = size == 3 && memcmp(next, "1.6", 3) == 0     ? OCPP_VERSION_1_6
                            : size == 5 && memcmp(next, "2.0.1", 5) == 0 ? OCPP_VERSION_2_0_1
                                                                         : OCPP_VERSION_NONE;
        if (versions[count - 1] == OCPP_VERSION_NONE) {
            return false;
        }
        next += size + (next[size] == ',');
    }
    return count > 0;
}

int main(int count, char **arguments)
{
    struct ocpp_charge_point_settings settings = ocpp_charge_point_settings_default();
    const char *versions = "1.6,2.0.1";
    settings.identity = settings.vendor = settings.model = "footprint";
    settings.random = fill_random;
    settings.offline_unknown_allowed = true;
    settings.limits.max_bytes = 65536; /* the default, by its number */
    for (int i = 1; i < count; i += 2) {
        const char *value = i + 1 < count ? arguments[i + 1] : "";
        if (strcmp(arguments[i], "--evses") == 0) {
            settings.evse_count = atoi(value);
        } else if (strcmp(arguments[i], "--connectors") == 0) {
            settings.connectors_per_evse = atoi(value);
        } else if (strcmp(arguments[i], "--queue") == 0) {
            settings.max_queued_records = (size_t)strtoul(value, NULL, 10);
        } else if (strcmp(arguments[i], "--max-bytes") == 0) {
            settings.limits.max_bytes = (size_t)strtoul(value, NULL, 10);
        } else if (strcmp(arguments[i], "--version") == 0) {
            versions = value;
        } else {
            fprintf(stderr,
                    "usage: ocpp-footprint [--evses N] [--connectors M] [--queue N] [--version 1.6,2.0.1] [--max-bytes N]\n");
            return 2;
        }
    }
    if (!take_versions(versions, settings.versions)) {
        fprintf(stderr, "ocpp-footprint: no such versions: %s\n", versions);
        return 2;
    }
    printf("%d EVSEs with %d connectors each, %zu records, %s, messages of %zu bytes: bytes\n", settings.evse_count,
           settings.connectors_per_evse, settings.max_queued_records, versions, settings.limits.max_bytes);
    return measure(&settings);
}
