/* pile_banks.c: the cabinet, its agent, and where both are kept. What people do with banks is in commands_banks.c. */
#include "pile_banks_inside.h"
#include "pile_gate.h"

#include <ocpp/settlement/mark.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char factory_key[] = "factory";

/* --- what stands where ---------------------------------------------------------------------------------------------------- */

static bool path_of(const struct pile *pile, const char *ending, char *path, size_t size)
{
    return pile->options->state && (size_t)snprintf(path, size, "%s/%s.%s", pile->options->state, pile->identity, ending) < size;
}

/* Marks are kept as bytes of a struct of this program: the file is read by the same program, and looked at by its size. */
struct kept_bay {
    int slots;
    struct cabinet_bank banks[OCPP_SETTLE_SLOTS];
    struct cabinet_bank hands[PILE_HANDS];
};

void banks_keep(const struct pile_banks *banks)
{
    char path[512], fresh[520];
    struct kept_bay kept = { .slots = banks->cabinet.slots };
    FILE *file;

    if (!path_of(banks->pile, "bay", path, sizeof path)) {
        return;
    }
    for (int i = 0; i < banks->cabinet.slots; i++) {
        kept.banks[i] = banks->cabinet.slot[i].bank;
    }
    memcpy(kept.hands, banks->hands, sizeof kept.hands);
    snprintf(fresh, sizeof fresh, "%s.new", path);
    file = fopen(fresh, "wb");
    const bool is_written = file && fwrite(&kept, sizeof kept, 1, file) == 1;
    const bool is_closed = file && fclose(file) == 0;
    if (!is_written || !is_closed || rename(fresh, path) != 0) {
        pile_log(banks->pile, "the bay could not be written down in %s", fresh);
    }
}

static bool read_bay(struct pile_banks *banks)
{
    char path[512];
    struct kept_bay kept;
    FILE *file = path_of(banks->pile, "bay", path, sizeof path) ? fopen(path, "rb") : NULL;
    const bool is_read = file && fread(&kept, sizeof kept, 1, file) == 1 && kept.slots == banks->cabinet.slots;

    if (file) {
        fclose(file);
    }
    for (int i = 0; is_read && i < kept.slots; i++) {
        banks->cabinet.slot[i].bank = kept.banks[i];
    }
    if (is_read) {
        memcpy(banks->hands, kept.hands, sizeof banks->hands);
    }
    return is_read;
}

/* As the factory delivers: a bank in every slot but the last, neutral. A bay of one slot has its bank. */
static bool stock(struct pile_banks *banks)
{
    const struct pile *pile = banks->pile;
    struct ocpp_settle_mint mint = { .keys = banks->keys, .key_name = factory_key };
    unsigned char mark[OCPP_SETTLE_MARK_SIZE];
    char id[CABINET_ID_SIZE + 16];
    const int count = banks->cabinet.slots > 1 ? banks->cabinet.slots - 1 : 1;

    if (ocpp_settle_mark_fleet(banks->keys, pile->options->fleet, &mint.fleet) != OCPP_OK) {
        return false;
    }
    for (int slot = 1; slot <= count; slot++) {
        if (ocpp_settle_mark_mint(&mint, OCPP_SETTLE_MARK_NEUTRAL, 1, NULL, mark) != OCPP_OK) {
            return false;
        }
        snprintf(id, sizeof id, "%.30s-B%d", pile->identity, slot);
        cabinet_stock(&banks->cabinet, slot, id, mark, 100);
    }
    return true;
}

/* --- opening ---------------------------------------------------------------------------------------------------------------- */

static bool fail(const struct pile *pile, const char *what, enum ocpp_status status)
{
    fprintf(stderr, "ocpp-sim: %s: %s: %s\n", pile->identity, what, ocpp_status_sentence(status));
    return false;
}

enum { SECRET_BYTES = 64 };

/* Hexadecimal digits on a line, as the backend keeps it. 0: the file cannot be read. */
static size_t read_secret(const char *path, unsigned char secret[SECRET_BYTES])
{
    FILE *file = fopen(path, "r");
    size_t size = 0;
    unsigned byte;

    while (file && size < SECRET_BYTES && fscanf(file, "%2x", &byte) == 1) {
        secret[size++] = (unsigned char)byte;
    }
    if (file) {
        fclose(file);
    }
    return size;
}

static bool open_keys(struct pile_banks *banks)
{
    char path[512];
    unsigned char secret[SECRET_BYTES];
    struct ocpp_settle_given_secret factory = { .name = factory_key, .bytes = secret };
    struct ocpp_settle_keys_settings settings = { .folder = NULL };
    enum ocpp_status status;

    if (banks->pile->options->fleet_secret) {
        factory.size = read_secret(banks->pile->options->fleet_secret, secret);
        settings.given = &factory;
        settings.given_count = 1;
    }
    if (path_of(banks->pile, "settle-keys", path, sizeof path)) {
        settings.folder = path;
    }
    status = ocpp_settle_keys_open(&settings, &banks->opened);
    banks->keys = status == OCPP_OK ? taped_keys_use(&banks->taped, banks->opened, banks->pile) : NULL;
    return status == OCPP_OK || fail(banks->pile, "keys", status);
}

bool pile_banks_open(struct pile *pile)
{
    struct pile_banks *banks;

    if (pile->options->banks == 0 && !pile->options->gate) {
        return true;
    }
    banks = calloc(1, sizeof *banks);
    if (!banks) {
        return fail(pile, "bay", OCPP_ERR_NOMEM);
    }
    pile->banks = banks;
    banks->pile = pile;
    cabinet_init(&banks->cabinet, pile->options->banks, OCPP_SETTLE_MARK_ROOM_BYTES);
    cabinet_bay(&banks->cabinet, &banks->bay);
    return open_keys(banks) && (pile->options->banks == 0 || read_bay(banks) || stock(banks));
}

void pile_banks_close(struct pile *pile)
{
    if (pile->banks) {
        banks_keep(pile->banks);
        ocpp_settle_keys_close(pile->banks->opened);
        free(pile->banks);
        pile->banks = NULL;
    }
}

/* --- on and off --------------------------------------------------------------------------------------------------------------
 */

void pile_banks_use(struct pile *pile, struct ocpp_charge_point_settings *settings)
{
    settings->max_data_vendors = PILE_VENDORS + 1;
    if (pile->banks) {
        pile->own[settings->own_setting_count++] = ocpp_settle_own_setting("org.ocpp-c.settlement");
    }
}

static const char *const event_words[] = {
    [OCPP_SETTLE_AGENT_SLOT] = "the slot changed",
    [OCPP_SETTLE_AGENT_RENT_ASKED] = "banks are asked for",
    [OCPP_SETTLE_AGENT_RENT_DENIED] = "no bank",
    [OCPP_SETTLE_AGENT_TAKE_BANK] = "take the bank",
    [OCPP_SETTLE_AGENT_TAKEN] = "the bank was taken",
    [OCPP_SETTLE_AGENT_RENT_FAILED] = "nothing was rented",
    [OCPP_SETTLE_AGENT_RETURNED] = "a bank came back",
    [OCPP_SETTLE_AGENT_RETURN_DONE] = "the return is decided",
    [OCPP_SETTLE_AGENT_ORDER] = "the order",
    [OCPP_SETTLE_AGENT_DEAD_LETTER] = "a message is given up",
    [OCPP_SETTLE_AGENT_CARD] = "the reader:",
    [OCPP_SETTLE_AGENT_VEHICLE] = "a vehicle",
    [OCPP_SETTLE_AGENT_GATE] = "the gate is",
    [OCPP_SETTLE_AGENT_PAY] = "to pay",
    [OCPP_SETTLE_AGENT_NUMBER] = "the number opens nothing:",
};

static const char *const link_words[] = {
    [OCPP_SETTLE_AGENT_NO_LINK] = "the settlement is not reached",
    [OCPP_SETTLE_AGENT_HELLO_SENT] = "the settlement is greeted",
    [OCPP_SETTLE_AGENT_OFF] = "the central system settles nothing",
    [OCPP_SETTLE_AGENT_ON] = "the settlement is reached",
};

static const char *word(const struct ocpp_enum *words, int value)
{
    return value > 0 && value <= words->count ? words->values[value - 1] : "";
}

static const char *state_of_slot(const struct pile_banks *banks, int slot)
{
    struct ocpp_settle_slot_view view;

    return slot > 0 && ocpp_settle_agent_slot(banks->agent, slot, &view) == OCPP_OK
               ? word(&ocpp_settle_slot_state_enum, (int)view.state)
               : "";
}

static void add(char *line, size_t size, const char *text)
{
    const size_t length = strlen(line);

    if (text && text[0]) {
        snprintf(line + length, size - length, " %s", text);
    }
}

/* One line per thing that happens, for people and for scripts that read. */
static void on_event(const struct ocpp_settle_agent_event *event, void *user)
{
    const struct pile_banks *banks = user;
    char line[400] = "";

    if (event->slot > 0) {
        snprintf(line, sizeof line, " slot %d", event->slot);
    } else if (event->evse > 0) {
        snprintf(line, sizeof line, " EVSE %d", event->evse);
    }
    if (event->kind == OCPP_SETTLE_AGENT_LINK) {
        add(line, sizeof line, banks->agent ? link_words[ocpp_settle_agent_view(banks->agent).link] : NULL);
    } else {
        add(line, sizeof line, event_words[event->kind]);
    }
    add(line, sizeof line, word(&ocpp_settle_refusal_code_enum, (int)event->code));
    if (event->kind == OCPP_SETTLE_AGENT_SLOT && banks->agent) {
        add(line, sizeof line, state_of_slot(banks, event->slot));
    }
    add(line, sizeof line, word(&ocpp_settle_order_state_enum, (int)event->state));
    add(line, sizeof line, event->amount);
    add(line, sizeof line, event->currency);
    add(line, sizeof line, event->text);
    pile_log(banks->pile, "banks:%s", line);
}

static void log_line(enum ocpp_log_level level, const char *line, void *user)
{
    (void)level;
    pile_log(user, "%s", line);
}

static bool link_is_encrypted(void *user)
{
    const struct pile_banks *banks = user;
    const struct options *options = banks->pile->options;

    return strncmp(options->url, "wss://", 6) == 0 || options->security_profile >= 2;
}

bool pile_banks_on(struct pile *pile)
{
    struct pile_banks *banks = pile->banks;
    struct ocpp_settle_agent_settings settings = ocpp_settle_agent_settings_default();
    enum ocpp_status status;

    if (!banks) {
        return true;
    }
    settings.log = (struct ocpp_log){ log_line, pile, pile->options->verbose ? OCPP_LOG_DEBUG : OCPP_LOG_WARNING };
    settings.cp = pile->cp;
    settings.storage = pile->storage;
    settings.keys = *banks->keys;
    settings.bay = pile->options->banks > 0 ? &banks->bay : NULL;
    if (pile->options->gate) {
        pile_gate_latch(pile, &banks->latch);
        settings.latch = &banks->latch;
    }
    settings.has_reader = true;
    settings.link_is_encrypted = link_is_encrypted;
    banks_use_terminals(banks, &settings);
    settings.on_event = on_event;
    settings.user = banks;
    status = ocpp_settle_agent_new(&settings, sim_now(), &banks->agent);
    if (status != OCPP_OK) {
        return fail(pile, "settlement", status);
    }
    if (pile->options->banks > 0) {
        banks->cabinet.listener = ocpp_settle_agent_bay_listener(banks->agent);
    }
    return true;
}

void pile_banks_off(struct pile *pile)
{
    pile_gate_dark(pile);
    if (pile->banks) {
        cabinet_power_cut(&pile->banks->cabinet, CABINET_MARK_SIZE / 4);
        ocpp_settle_agent_free(pile->banks->agent);
        pile->banks->agent = NULL;
    }
}

void pile_banks_tick(struct pile *pile)
{
    struct pile_banks *banks = pile->banks;
    unsigned acts;

    if (!banks || !banks->agent) {
        return;
    }
    pile_gate_tick(pile);
    acts = banks->cabinet.acts;
    cabinet_run(&banks->cabinet, sim_now());
    if (ocpp_settle_agent_deadline(banks->agent) <= sim_now().mono_ms) {
        ocpp_settle_agent_advance(banks->agent, sim_now());
    }
    if (banks->cabinet.acts != acts) {
        banks_keep(banks);
    }
}
