/* pile_link_stream.c: what goes over the phone link of a pile: through its port, or to and from a recording. */
#include "pile_link_inside.h"
#include "recorder.h"

enum { PIECE_BYTES = RECORDING_PHONE_BYTES };

static struct recorder *recorder_of(const struct pile_link *link)
{
    return link->pile->tape ? link->pile->tape->recorder : NULL;
}

/* --- there and back ------------------------------------------------------------------------------------------------------ */

static void change(struct pile_link *link, bool is_there)
{
    recorder_phone(recorder_of(link), is_there);
    ocpp_settle_link_lost(link->link, sim_now());
}

static void take(struct pile_link *link, const unsigned char *bytes, size_t size)
{
    recorder_heard(recorder_of(link), bytes, size);
    ocpp_settle_link_receive(link->link, bytes, size, sim_now());
    ocpp_settle_link_advance(link->link, sim_now());
}

static void speak(struct pile_link *link)
{
    const unsigned char *bytes;
    size_t size;

    while (link_port_has_room(&link->port) && (size = ocpp_settle_link_next_output(link->link, &bytes, sim_now())) != 0) {
        recorder_said(recorder_of(link), bytes, size);
        (void)link_port_write(&link->port, bytes, size);
    }
    if (link_port_has_room(&link->port)) {
        recorder_silent(recorder_of(link));
    }
    (void)link_port_flush(&link->port);
}

static void hear(struct pile_link *link)
{
    unsigned char bytes[PIECE_BYTES];
    int got;

    if (link_port_accept(&link->port)) {
        change(link, true);
    }
    while ((got = link_port_read(&link->port, bytes, sizeof bytes)) > 0) {
        take(link, bytes, (size_t)got);
        speak(link);
    }
    if (got < 0) {
        change(link, false);
    }
}

void pile_link_talk(struct pile_link *link)
{
    if (link->has_port) {
        speak(link);
        hear(link);
        speak(link);
    }
}

/* --- replayed ------------------------------------------------------------------------------------------------------------ */

static struct pile_link *replayed(struct pile *pile)
{
    return pile->link && pile->link->link && !pile->link->has_port ? pile->link : NULL;
}

bool pile_link_phone(struct pile *pile, bool is_there)
{
    struct pile_link *link = replayed(pile);

    if (link) {
        change(link, is_there);
    }
    return link != NULL;
}

bool pile_link_heard(struct pile *pile, const unsigned char *bytes, size_t size)
{
    struct pile_link *link = replayed(pile);

    if (link) {
        take(link, bytes, size);
    }
    return link != NULL;
}

size_t pile_link_said(struct pile *pile, const unsigned char **bytes)
{
    struct pile_link *link = replayed(pile);

    return link ? ocpp_settle_link_next_output(link->link, bytes, sim_now()) : 0;
}
